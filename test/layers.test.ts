// The shape of the source is tested like its behaviour: who may import whom, no cycles, and files and functions that stay short.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { builtins } from "../src/builtins.ts";
import { PHASES } from "../src/model/run/phase.ts";
import castsWithoutReason from "./support/casts.ts";
import { comparisonsIn } from "./support/comparisons.ts";
import { exportsOf, importedFiles } from "./support/exports.ts";
import functionsOf from "./support/functions.ts";

const ROOT = resolve(import.meta.dirname, "..");
const SOURCE = join(ROOT, "src");

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  ports: ["model"],
  api: ["model"],
  catalog: ["model", "ports"],
  plan: ["model", "catalog"],
  capacity: ["model", "ports"],
  isolation: ["model"],
  jobs: ["model", "ports", "catalog"],
  "builtins.ts": ["catalog", "jobs"],
  jobTypes: ["model", "ports", "catalog", "plan", "isolation", "jobs"],
  engine: ["model", "ports", "catalog", "plan", "jobs"],
  kube: ["model", "ports", "capacity"],
  sandbox: ["model", "ports", "capacity"],
  clusters: ["model", "ports"],
  database: ["model", "ports"],
  dispatch: ["model", "ports"],
  vault: ["model", "ports"],
  helm: ["model", "ports"],
  outgoing: ["model", "ports"],
  sinks: ["model", "ports"],
  server: ["model", "ports", "api", "catalog", "plan", "jobTypes", "engine"],
  import: ["model", "catalog"],
  cli: ["model", "api", "catalog", "plan", "import"],
  workerSdk: ["model", "ports", "outgoing"],
  plugin: ["model", "catalog", "plan", "builtins.ts"],
};

/**
 * The rooms of each folder, from the top down: a room imports only rooms that stand after it. "." stands for the files that lie
 * directly in the folder: at the beginning they are the front door of the folder, at the end what all its rooms share.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  model: ["run", "kubernetes", "document", "errors", "problems", "reasons", "data"],
  catalog: ["components", "traits", "parts", ".", "presets"],
  plan: [".", "compare", "check", "render", "components", "read", "schema", "workflow", "fields"],
  "plan/workflow": [".", "expand", "check", "conditions", "steps"],
  "plan/render": [".", "merge"],
  capacity: [".", "waiting", "explain", "fit", "neighbours", "view", "devices", "namespace", "queues", "kubernetes"],
  isolation: ["cluster", "pod", "policy", "template"],
  jobs: [".", "pods", "objects", "waiting", "remote"],
  jobTypes: ["registering", "registry", "running", "registration", "schemas"],
  engine: [
    ".",
    "upkeep",
    "answering",
    "schedules",
    "starting",
    "planning",
    "steering",
    "driving",
    "secrets",
    "contract",
    "deciding",
  ],
  kube: [".", "capacity", "judge", "network", "write", "watches", "reach", "refusals", "objects"],
  database: [".", "tables", "postgres", "backup", "migrations", "connection"],
  dispatch: [".", "postgres", "duties"],
  sandbox: [".", "health", "queues", "scheduling", "pods", "nodes", "faults", "objects", "time"],
  server: [".", "routes", "requests", "auth", "streams", "metrics", "views", "shared"],
  import: [".", "compose", "kubeminCli", "kubevela", "manifests", "parts", "mapping"],
  cli: [
    ".",
    "commands",
    "administration",
    "documents",
    "views",
    "jobTypes",
    "arguments",
    "reach",
    "follow",
    "output",
    "grammar",
    "terminal",
  ],
};

/** The composition root: it alone knows every folder. */
const COMPOSITION = new Set(["main.ts", "serve.ts", "backup.ts"]);

/** The command line and the importer know words of documents; what runs a job does not. */
const NAME_TYPES = new Set(["catalog", "jobs", "jobTypes", "cli", "import"]);
/** The same letters, other words: kinds of runs and steps, schemes of URLs, what to do without room, fields of objects. */
const OTHER_WORDS = /\bkind(Of)?\b|\bscheme\b|\btext === "wait"|\["(http|remove)"\]/;

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join(SOURCE, name));
const textOf = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));

function importsOf(file: string): readonly string[] {
  return importedFiles(file, textOf.get(file) ?? "");
}

/** How many groups of files a folder has: its own files, and each of its rooms. */
function countRooms(folder: string): number {
  return new Set(files.map((file) => roomOf(file, folder)).filter((room) => room !== undefined)).size;
}

const isPhase = (word: string): boolean => Object.hasOwn(PHASES, word);

/** Arrays of two or more phases, tables by phase that need not be complete, and tables of three or more phases. */
function phaseLists(text: string): readonly string[] {
  const arrays = [...text.matchAll(/\[\s*((?:"[\w-]+",?\s*){2,})\]/g)].filter((match) =>
    [...(match[1] ?? "").matchAll(/"([\w-]+)"/g)].every((word) => isPhase(word[1] ?? "")),
  );
  const partial = [...text.matchAll(/Partial<\s*Record<\s*(Phase\b|\w+\["phase"\])/g)];
  const tables = [...text.matchAll(/\{\s*((?:(?:"[\w-]+"|[a-z]+): (?:"[^"]*"|\w+),?\s*){3,})\}/g)].filter((match) =>
    [...(match[1] ?? "").matchAll(/"?([\w-]+)"?: /g)].every((word) => isPhase(word[1] ?? "")),
  );
  return [...arrays, ...partial, ...tables].map((match) => match[0].replaceAll(/\s+/g, " "));
}

/** The room of a file within a folder, or undefined when the file lies elsewhere. */
function roomOf(file: string, folder: string): string | undefined {
  const path = relative(join(SOURCE, folder), file).split("/");
  if (path[0] === "..") return undefined;
  return path.length === 1 ? "." : path[0];
}

function layerOf(file: string): string {
  return relative(SOURCE, file).split("/")[0] ?? "";
}

describe("layers", () => {
  it("import only what the table allows", () => {
    const wrong = files.flatMap((file) => {
      const layer = layerOf(file);
      if (COMPOSITION.has(layer)) return [];
      const allowed = [layer, ...(MAY_IMPORT[layer] ?? [])];
      return importsOf(file)
        .filter((target) => !allowed.includes(layerOf(target)))
        .map((target) => `${relative(ROOT, file)} imports ${relative(ROOT, target)}`);
    });
    expect(wrong).toEqual([]);
  });

  it("have no folder that the table does not know", () => {
    const layers = new Set(files.map(layerOf).filter((layer) => !COMPOSITION.has(layer)));
    expect([...layers].filter((layer) => !(layer in MAY_IMPORT))).toEqual([]);
  });

  it("stand in CONTRIBUTING.md in the same order, each below all that it imports", () => {
    const table = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8").matchAll(/^\| `([\w.]+)\/?`(?:, `[\w.]+`)* \|/gm);
    const written = [...table].map((match) => match[1] ?? "").filter((name) => !COMPOSITION.has(name));
    expect(written).toEqual(Object.keys(MAY_IMPORT));
    const above = (name: string): readonly string[] => written.slice(0, written.indexOf(name));
    const wrong = Object.entries(MAY_IMPORT).filter(([name, list]) => list.some((one) => !above(name).includes(one)));
    expect(wrong).toEqual([]);
  });

  it("have rooms that import only what stands below them, and no room that the table does not know", () => {
    const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const withRooms = folders.map((entry) => entry.name).filter((name) => countRooms(name) > 1);
    expect(withRooms.filter((name) => !(name in ROOMS))).toEqual([]);
    const wrong = Object.entries(ROOMS).flatMap(([folder, rooms]) =>
      files.flatMap((file) => {
        const room = roomOf(file, folder);
        if (room === undefined) return [];
        if (!rooms.includes(room)) return [`${relative(ROOT, file)} lies in a room that the table does not know`];
        return importsOf(file)
          .filter((target) => rooms.indexOf(roomOf(target, folder) ?? room) < rooms.indexOf(room))
          .map((target) => `${relative(ROOT, file)} imports ${relative(ROOT, target)}, which stands above it`);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("have at most 20 files in a room, beside its own rooms", () => {
    const counts = new Map<string, number>();
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    const full = [...counts].filter(([, count]) => count > 20);
    expect(full.map(([folder, count]) => `${relative(ROOT, folder)}: ${count}`)).toEqual([]);
  });

  it("have no import cycles", () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file))
        cycles.push([...path.slice(path.indexOf(file)), file].map((one) => relative(SOURCE, one)).join(" -> "));
      if (path.includes(file) || done.has(file)) return;
      for (const target of importsOf(file)) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it("do not re-export (no barrel files)", () => {
    const barrels = files.filter(
      (file) => /^export (\*|\{[^}]*\}) from/m.test(textOf.get(file) ?? "") && layerOf(file) !== "plugin",
    );
    expect(barrels.map((file) => relative(ROOT, file))).toEqual([]);
  });

  it("load the compiler of schemas in one place, and no server loads it at its start", () => {
    const imports = (text: string): boolean => /^import (?!type).*"(ajv|re2js|@fastify\/ajv-compiler)/m.test(text);
    expect(files.filter((file) => imports(textOf.get(file) ?? ""))).toEqual([]);
    const loads = files.filter((file) => /load\("(ajv|re2js)/.test(textOf.get(file) ?? ""));
    expect(loads.map((file) => relative(SOURCE, file))).toEqual(["jobTypes/schemas/compiler.ts"]);
    expect(textOf.get(join(SOURCE, "server/server.ts"))).toContain("buildValidator: noSchemas");
  });

  it("keep one list of phases: what follows from a phase is a column of its table", () => {
    const lists = files
      .filter((file) => layerOf(file) !== "model")
      .flatMap((file) => phaseLists(textOf.get(file) ?? "").map((text) => `${relative(SOURCE, file)}: ${text}`));
    expect(lists).toEqual([]);
    // The rule sees what it forbids.
    expect(phaseLists('const FOLDED: readonly Phase[] = [\n  "succeeded",\n  "skipped",\n];')).toHaveLength(1);
    expect(phaseLists('new Set(["start-failed", "rejected"])')).toHaveLength(1);
    expect(phaseLists("const of: Readonly<Partial<Record<Phase, string>>> = {};")).toHaveLength(1);
    expect(phaseLists('const tones = { failed: "red", succeeded: "green", "timed-out": "red" };')).toHaveLength(1);
    expect(phaseLists('const [running, setRunning] = one(["webhook", "failed"]);')).toEqual([]);
  });

  it("ask for no job type by its name, outside of the catalog and the job types", () => {
    const names = new Set((builtins.jobs ?? []).map((job) => job.name));
    const asking = files
      .filter((file) => !NAME_TYPES.has(layerOf(file)))
      .flatMap((file) => comparisonsIn(textOf.get(file) ?? "").map((one) => ({ ...one, file: relative(SOURCE, file) })))
      .filter(({ word, text }) => names.has(word) && !OTHER_WORDS.test(text));
    expect(asking.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });
});

/** Words that say nothing of what a thing is. In these folders a Service is that of Kubernetes or of Compose. */
const EMPTY_WORDS = new Set(["service", "manager", "handler", "processor", "helper", "util", "common"]);
/** The name that Kubernetes has for who owns a field. */
const FIELD_MANAGER = /field_?manager/i;
const KNOW_SERVICES = new Set(["catalog", "import", "isolation", "kube", "sandbox"]);

const saysNothing = (name: string, layer: string): boolean =>
  [...name.replace(FIELD_MANAGER, "").matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g)]
    .map(([word]) => word.toLowerCase().replace(/s$/, ""))
    .some((word) => EMPTY_WORDS.has(word) && !(word === "service" && KNOW_SERVICES.has(layer)));

describe("names", () => {
  it("say what a thing is: no Service, Manager, Handler, Processor, Helper, Util, Common", () => {
    const wrong = files.flatMap((file) =>
      exportsOf(textOf.get(file) ?? "")
        .filter((name) => saysNothing(name, layerOf(file)))
        .map((name) => `${relative(ROOT, file)}: ${name}`),
    );
    expect(wrong).toEqual([]);
    // The rule sees what it forbids, and no more.
    expect(["Service", "RunManager", "handlerOf", "dateUtils"].filter((name) => !saysNothing(name, "server"))).toEqual(
      [],
    );
    expect(["utilisation", "commonly", "serviced"].filter((name) => saysNothing(name, "server"))).toEqual([]);
    expect(saysNothing("virtualService", "catalog")).toBe(false);
  });
});

describe("types", () => {
  const SIGNS = /\b(application|component)\)? [!=]== ""|\.endsWith\("\]"\)/g;
  const signsIn = (text: string): readonly string[] => [...text.matchAll(SIGNS)].map(([sign]) => sign);

  it("say what a run or a job has: no text is compared with a sign for it", () => {
    expect(files.flatMap((file) => signsIn(textOf.get(file) ?? ""))).toEqual([]);
    // The rule sees what it forbids.
    expect(signsIn('run.application === "" || job.component !== "" || job.name.endsWith("]")')).toHaveLength(3);
    expect(signsIn('readName(run.application) === null && name === ""')).toEqual([]);
  });

  it("have a reason beside each cast", () => {
    const bare = files.flatMap((file) =>
      castsWithoutReason(textOf.get(file) ?? "").map((line) => `${relative(SOURCE, file)}: ${line}`),
    );
    expect(bare).toEqual([]);
    expect(castsWithoutReason("const a = b as C;")).toEqual(["const a = b as C;"]);
    expect(castsWithoutReason("const a = b as C; // why\n\n\n\nconst d = [1] as const;")).toEqual([]);
  });
});

describe("budgets", () => {
  const lines = files.map((file) => ({
    file: relative(ROOT, file),
    count: (textOf.get(file) ?? "").split("\n").length,
  }));

  it("keep every file under 400 lines, and nine of ten under 250", () => {
    expect(lines.filter((one) => one.count > 400)).toEqual([]);
    expect(
      percentile(
        lines.map((one) => one.count),
        0.9,
      ),
    ).toBeLessThanOrEqual(250);
  });

  // A migration is a list of statements, not logic.
  const functions = files
    .filter((file) => !file.includes("/migrations/"))
    .flatMap((file) => functionsOf(textOf.get(file) ?? "").map((one) => ({ ...one, file: relative(ROOT, file) })));

  it("keep functions short: nine of ten under 25 lines, none over 60", () => {
    expect(functions.filter((one) => one.lines > 60)).toEqual([]);
    expect(
      percentile(
        functions.map((one) => one.lines),
        0.9,
      ),
    ).toBeLessThanOrEqual(25);
  });

  it("keep parameters few: 99 of 100 functions take at most three, none more than five", () => {
    expect(functions.filter((one) => one.parameters > 5)).toEqual([]);
    expect(
      percentile(
        functions.map((one) => one.parameters),
        0.99,
      ),
    ).toBeLessThanOrEqual(3);
  });

  // The folders of the design (bench, console, deploy and tools among them) and the files that must be there.
  it("keep the root tidy: at most 16 visible entries", () => {
    const generated = new Set(["node_modules", "dist", "coverage"]);
    const visible = readdirSync(ROOT).filter((name) => !name.startsWith(".") && !generated.has(name));
    expect(visible.length, visible.join(" ")).toBeLessThanOrEqual(16);
  });
});

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}
