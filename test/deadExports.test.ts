// An export is a promise to other files. Here every export of src has a file that relies on it, and code that only tests call is no part of src.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { exportsOf, importsByName } from "./support/exports.ts";

const ROOT = resolve(import.meta.dirname, "..");
const texts = new Map(
  ["src", "test", "tools", "bench"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => [join(ROOT, folder, name), readFileSync(join(ROOT, folder, name), "utf8")] as const),
  ),
);
/** Files that the package offers to others: their readers are not here. */
const OFFERED = new Set(
  Object.values(packageJson.exports).flatMap((one) =>
    typeof one === "string" ? [] : [join(ROOT, one["kubemin-source"])],
  ),
);

const keyOf = (file: string, name: string): string => `${relative(ROOT, file)} ${name}`;
const importers = new Map<string, Set<string>>();
for (const [from, text] of texts)
  for (const { file, name } of importsByName(from, text)) {
    const known = importers.get(keyOf(file, name)) ?? new Set();
    importers.set(keyOf(file, name), known.add(relative(ROOT, from)));
  }
const exported = [...texts]
  .filter(([file]) => relative(ROOT, file).startsWith("src/") && !OFFERED.has(file))
  .flatMap(([file, text]) => exportsOf(text).map((name) => ({ file, name, text })));

it("every export is used by another file", () => {
  expect(exported.length).toBeGreaterThan(1_000);
  const dead = exported.filter(
    ({ file, name }) => !importers.has(keyOf(file, name)) && !importers.has(keyOf(file, "*")),
  );
  expect(dead.map(({ file, name }) => keyOf(file, name))).toEqual([]);
});

it("nothing is there for tests alone", () => {
  const forTests = exported.filter(({ file, name, text }) => {
    const users = [...(importers.get(keyOf(file, name)) ?? [])];
    const usedHere = text.split(new RegExp(`\\b${name}\\b`)).length > 2;
    return !usedHere && users.length > 0 && users.every((one) => one.startsWith("test/"));
  });
  expect(forTests.map(({ file, name }) => keyOf(file, name))).toEqual([]);
});
