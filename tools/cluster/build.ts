// Builds the programs with `go build` and keeps them in the cache, under a key of everything that decides their
// content. A build happens in a temporary folder that is renamed at the end, so entries of the cache are always
// complete.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./layout.ts";
import { withLock } from "./lock.ts";
import type { GoModule } from "./modules.ts";
import { run } from "./run.ts";

export interface Built {
  /** Absolute path of a program of the module. */
  readonly program: (name: string) => string;
  readonly programs: string;
  /** File name -> text of the copied files. */
  readonly files: () => Record<string, string>;
}

const stripped = "-s -w";
const environment = { CGO_ENABLED: "0", GOFLAGS: "" };

export async function ensureBuilt(module: GoModule, report: (line: string) => void): Promise<Built> {
  const source = join(import.meta.dirname, "modules", module.name);
  const version = (await run("go", ["env", "GOVERSION"], { folder: source, environment })).trim();
  const folder = join(cacheFolder(), `${module.name}-${keyOf(module, source, version)}`);
  if (existsSync(folder)) return builtIn(folder);
  const lock = join(cacheFolder(), `${module.name}.lock`);
  if (existsSync(lock)) report(`another command is building the programs of ${module.name}; waiting for it`);
  await withLock(lock, async () => {
    if (!existsSync(folder)) await buildInto(folder, { module, source, report });
  });
  return builtIn(folder);
}

interface Task {
  readonly module: GoModule;
  readonly source: string;
  readonly report: (line: string) => void;
}

async function buildInto(folder: string, task: Task): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(join(unfinished, "bin"), { recursive: true });
  const names = Object.keys(task.module.programs);
  for (const [index, name] of names.entries()) {
    const place = `${index + 1} of ${names.length} in ${task.module.name}`;
    task.report(`building ${name} (${place}; all builds together take 15 minutes the first time)`);
    await compile(name, join(unfinished, "bin", name), task);
  }
  await copyFiles(unfinished, task);
  renameSync(unfinished, folder);
}

async function compile(name: string, target: string, { module, source, report }: Task): Promise<void> {
  const start = Date.now();
  const elapsed = (): number => Math.round((Date.now() - start) / 1000);
  const progress = setInterval(() => report(`still building ${name}, ${elapsed()} s`), 30_000);
  const flags = `${stripped} ${versionFlags(source)}`;
  const words = ["build", "-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", flags, "-o", target];
  try {
    await run("go", [...words, module.programs[name] ?? name], { folder: source, environment });
  } finally {
    clearInterval(progress);
  }
  report(`built ${name} in ${elapsed()} s`);
}

/** Without these flags the API server reports the version v0.0.0, and kubectl warns about the difference. */
function versionFlags(source: string): string {
  const [, text, major, minor] = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(readModuleFile(source)) ?? [];
  const parts = Object.entries({ gitVersion: text, gitMajor: major, gitMinor: minor });
  return parts
    .map(([part, value]) => (value ? `-X k8s.io/component-base/version.${part}=${value}` : ""))
    .join(" ")
    .trim();
}

async function copyFiles(folder: string, { module, source }: Task): Promise<void> {
  mkdirSync(join(folder, "files"));
  for (const { from, folders } of module.files) {
    const folderOfSource = await sourceOf(from, source);
    for (const path of folders)
      for (const file of readdirSync(join(folderOfSource, path)).filter((name) => name.endsWith(".yaml")))
        copyFileSync(join(folderOfSource, path, file), join(folder, "files", file));
  }
}

async function sourceOf(dependency: string, source: string): Promise<string> {
  const printed = await run("go", ["mod", "download", "-json", dependency], { folder: source, environment });
  // Documented shape: one object, whose Dir is the folder of the unpacked source.
  return (JSON.parse(printed) as { readonly Dir: string }).Dir;
}

function keyOf(module: GoModule, source: string, version: string): string {
  const sums = readFileSync(join(source, "go.sum"), "utf8");
  const recipe = JSON.stringify([module, version, stripped, versionFlags(source)]);
  return createHash("sha256")
    .update(readModuleFile(source) + sums + recipe)
    .digest("hex")
    .slice(0, 12);
}

const readModuleFile = (source: string): string => readFileSync(join(source, "go.mod"), "utf8");

function builtIn(folder: string): Built {
  const files = join(folder, "files");
  return {
    program: (name) => join(folder, "bin", name),
    programs: join(folder, "bin"),
    files: () =>
      Object.fromEntries(
        readdirSync(files)
          .filter((name) => statSync(join(files, name)).isFile())
          .map((name) => [name, readFileSync(join(files, name), "utf8")]),
      ),
  };
}
