// `node tools/completeLock.ts`, after every `npm install` that changed versions. A registry mirror that does not carry the packages of other
// platforms makes npm leave them out of package-lock.json, and `npm ci` then refuses the lock as incomplete, on every machine. This adds what is
// missing: optional packages with an exact version, for the platform that their name says, so that npm passes them over elsewhere.
// They carry no integrity hash, because nobody here has seen their content; those of our own platforms keep theirs.
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

const lock = JSON.parse(readFileSync(FILE, "utf8")) as { packages: Record<string, Entry> }; // npm's own format, version 3
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
    throw new Error(`${name} ${version} is no exact version: the lock cannot be completed`);
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
