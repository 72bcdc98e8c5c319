// Completes package-lock.json: run `node tools/completeLock.ts` after every `npm install` that changed versions. With a
// registry mirror that lacks the packages of other platforms, npm leaves them out of the lock, and `npm ci` then
// refuses the lock as incomplete on every machine. This program adds the missing optional packages with an exact
// version, for the platform in their name, so that npm skips them on other platforms. They have no integrity hash,
// because their content was never downloaded; the packages of the platforms in use keep their hashes.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const FILE = resolve(import.meta.dirname, "../package-lock.json");
const SYSTEMS = ["linux", "darwin", "win32", "android", "freebsd", "openbsd", "netbsd", "sunos", "aix", "openharmony"];
const PROCESSORS = ["arm64", "x64", "arm", "ia32", "ppc64", "riscv64", "s390x", "loong64", "wasm32"];

// The format of npm, version 3.
const lock = JSON.parse(readFileSync(FILE, "utf8")) as { packages: Record<string, Entry> };
const added: [string, Entry][] = [];
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] === undefined) added.push([key, foreignEntry(name, version, owner.dev === true)]);
  }
}
lock.packages = Object.fromEntries([...Object.entries(lock.packages), ...added].sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} packages of other platforms added\n`);

function foreignEntry(name: string, version: string, dev: boolean): Entry & Record<string, unknown> {
  if (!/^\d+\.\d+\.\d+/.test(version))
    throw new Error(`${name} ${version} is not an exact version: the lock cannot be completed`);
  const words = name.split("/").at(-1)?.split("-") ?? [];
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.includes("linux") ? [words.some((word) => word.startsWith("musl")) ? "musl" : "glibc"] : [];
  return {
    version,
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(dev ? { dev } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}
