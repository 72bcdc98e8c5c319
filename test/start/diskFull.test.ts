// Tests a server whose disk becomes full, with a real file system of a few megabytes, the real process and real runs.
// It refuses with one sentence what it cannot store, stays alive, and continues by itself when there is room again.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "../../src/api/client.ts";
import { type ServerProcess, startServer, untilFinished } from "../support/serverProcess.ts";

const home = mkdtempSync(join(tmpdir(), "kubemin-disk-full-"));
const disk = join(home, "disk");
// Only the database is on the full disk. The data folder is not: the simulated cluster, which no real installation has,
// uses it.
const file = join(disk, "kubemin.db");
const filler = join(disk, "filler");
let server: ServerProcess;

beforeAll(async () => {
  mkdirSync(disk);
  // Only root may mount. There is no other way to get a disk that is really full.
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]);
  server = await startServer(
    ["--sandbox", "--database", file, "--data", join(home, "data")],
    mkdtempSync(join(home, "state-")),
  );
});
afterAll(async () => {
  await server?.stop();
  execFileSync("umount", [disk]);
  rmSync(home, { recursive: true, force: true });
});

const documentOf = (name: string): string =>
  JSON.stringify({
    name,
    components: [
      { name: `${name}-settings`, type: "config", properties: { data: { text: "x".repeat(2_000) } } },
      {
        name: `${name}-web`,
        type: "webservice",
        dependsOn: [`${name}-settings`],
        properties: { image: "nginx", port: 80 },
      },
    ],
  });

interface Accepted {
  readonly application: string;
  readonly id: string;
}

const submit = async (application: string): Promise<Accepted> => {
  const body = documentOf(application);
  const { id } = await server.client.call("deployApplication", {
    params: { project: "default", application },
    body,
  });
  return { application, id };
};

/** Submits applications until one is refused. */
async function submitUntilFull(): Promise<{ readonly accepted: readonly Accepted[]; readonly refusal: unknown }> {
  const accepted: Accepted[] = [];
  for (let number = 0; number < 1_000; number += 1) {
    try {
      accepted.push(await submit(`app-${number}`));
    } catch (refusal) {
      return { accepted, refusal };
    }
  }
  throw new Error("the disk was never full");
}

function leave(bytes: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(bavail * bsize - bytes));
}

describe("a server whose disk is full", () => {
  it("says so, stays alive, and loses nothing that it accepted", async () => {
    leave(2_000_000);
    const { accepted, refusal } = await submitUntilFull();
    expect(accepted.length).toBeGreaterThan(3);
    expect(refusal).toBeInstanceOf(ApiError);
    expect(refusal).toMatchObject({ status: 507, body: { code: "DatabaseFull", who: "operator" } });
    expect((refusal as ApiError).message).toContain(file);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await server.client.call("listApplications", { params: { project: "default" } });
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      ready: true,
      troubles: [{ what: "database", detail: expect.stringContaining("disk of the database is full") }],
    });

    rmSync(filler);
    const ends = await Promise.all(accepted.map(({ id }) => untilFinished(server.client, id, 0)));
    expect(ends.map((end) => end.phase)).toEqual(accepted.map(() => "succeeded"));
    const late = await submit("later");
    expect(await untilFinished(server.client, late.id, 0)).toEqual({ phase: "succeeded" });
    const { items } = await server.client.call("listApplications", {
      params: { project: "default" },
      query: { limit: 200 },
    });
    const names = [...accepted.map((one) => one.application), "later"];
    expect(items.map((one) => one.name).toSorted()).toEqual(names.toSorted());
  });
});
