// Tests that a server does not load libraries that it does not use, because they are most of an idle server's memory.
// `node bench/server.ts` measures that memory.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

/** A hook that prints at the end which packages and which large parts of Node were loaded. */
const TELL = `
import { registerHooks } from "node:module";
import { writeSync } from "node:fs";
const packages = new Set();
registerHooks({ load(url, context, next) {
  const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
  if (name !== undefined) packages.add(name);
  return next(url, context);
} });
process.on("exit", () => {
  const parts = process.moduleLoadList.filter((one) => one.endsWith("deps/undici/undici"));
  writeSync(1, JSON.stringify([...packages, ...parts]));
});`;

it("an idle server on SQLite has loaded neither PostgreSQL's driver nor its queue, no calendar, no Kafka, no fetch", async () => {
  const home = mkdtempSync(join(tmpdir(), "kubemin-loaded-"));
  const words = [resolve(import.meta.dirname, "../../src/main.ts"), "serve", "--sandbox", "--port", "0"];
  const hook = `data:text/javascript,${encodeURIComponent(TELL)}`;
  const env = { ...process.env, KUBEMIN_HOME: home };
  const child = spawn(process.execPath, ["--import", hook, ...words], { env, stdio: ["ignore", "pipe", "ignore"] });
  child.stdout.once("data", () => child.kill("SIGTERM"));
  const said = await text(child.stdout);
  const loaded: unknown = JSON.parse(said.slice(said.indexOf("[")));
  expect(loaded).toContain("fastify");
  const heavy = /^(pg|pg-boss|luxon|cron-parser|@platformatic\/.*|@fastify\/.*-compiler|.*undici)$/;
  expect((loaded as string[]).filter((name) => heavy.test(name))).toEqual([]); // the list that the hook printed
  rmSync(home, { recursive: true, force: true });
}, 60_000);
