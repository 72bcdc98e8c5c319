// Finds the programs of a PostgreSQL server, and installs Debian's package when there are none. It starts no server.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Places where distributions and Homebrew put a folder per version. */
const VERSIONED: readonly (readonly [folder: string, pattern: RegExp, bin: string])[] = [
  ["/usr/lib/postgresql", /^(\d+)/, "bin"],
  ["/usr", /^pgsql-(\d+)/, "bin"],
  ["/opt/homebrew/opt", /^postgresql@(\d+)/, "bin"],
  ["/usr/local/opt", /^postgresql@(\d+)/, "bin"],
];

/** The folder with initdb and postgres of the newest installed version; `undefined` when there is none. */
export function findBinaries(): string | undefined {
  const versioned = VERSIONED.flatMap(([folder, pattern, bin]) =>
    (existsSync(folder) ? readdirSync(folder) : []).flatMap((name) => {
      const version = pattern.exec(name)?.[1];
      return version === undefined ? [] : [{ version: Number(version), path: join(folder, name, bin) }];
    }),
  );
  const newestFirst = versioned.sort((a, b) => b.version - a.version).map(({ path }) => path);
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter((path) => path !== "");
  return [...newestFirst, ...onPath].find(
    (path) => existsSync(join(path, "initdb")) && existsSync(join(path, "postgres")),
  );
}

/** Finds or installs the programs. The error of a failure names what is missing and what to do. */
export function findOrInstallBinaries(): string {
  const found = findBinaries();
  if (found !== undefined) return found;
  const obstacle = whyNotInstallable();
  if (obstacle !== undefined) throw new Error(`${MISSING}. It was not installed because ${obstacle}. ${ADVICE}`);
  installDebianPackage();
  const installed = findBinaries();
  if (installed === undefined)
    throw new Error(`${MISSING}, even after the package postgresql was installed. ${ADVICE}`);
  return installed;
}

const MISSING =
  "there is no PostgreSQL server on this machine: initdb and postgres are neither in /usr/lib/postgresql/*/bin nor on the PATH";
const ADVICE =
  "Install it (Debian: apt-get install postgresql), or name a server that may be used with KUBEMIN_TEST_POSTGRES=postgres://…";

function whyNotInstallable(): string | undefined {
  if (spawnSync("apt-get", ["--version"]).status !== 0) return "there is no apt-get";
  if (process.getuid?.() !== 0) return "that needs root";
  return undefined;
}

const CLUSTER_SETTINGS = "/etc/postgresql-common/createcluster.conf";

/**
 * Debian's package would create and start a server. A settings file that exists before the installation prevents that;
 * it is restored afterwards.
 */
function installDebianPackage(): void {
  process.stderr.write("installing PostgreSQL with apt-get, once, for about a minute …\n");
  aptGet("update");
  aptGet("install", "--yes", "--no-install-recommends", "postgresql-common");
  const before = existsSync(CLUSTER_SETTINGS) ? readFileSync(CLUSTER_SETTINGS, "utf8") : undefined;
  writeFileSync(CLUSTER_SETTINGS, `${before ?? ""}\ncreate_main_cluster = false\n`);
  try {
    aptGet("install", "--yes", "--no-install-recommends", "postgresql");
  } finally {
    if (before === undefined) rmSync(CLUSTER_SETTINGS);
    else writeFileSync(CLUSTER_SETTINGS, before);
  }
}

function aptGet(...parameters: readonly string[]): void {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stdout, stderr, error } = spawnSync("apt-get", parameters, { env: environment, encoding: "utf8" });
  if (status === 0) return;
  const output = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new Error(`${MISSING}, and apt-get ${parameters.join(" ")} failed: ${error?.message ?? output}\n${ADVICE}`);
}
