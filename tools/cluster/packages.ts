// The programs that come from the distribution. Installs missing ones if possible (Debian, as root); otherwise an error
// names all of them. The cluster never starts without them.
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { searchPath } from "./processes.ts";
import { run, succeeds } from "./run.ts";

interface Need {
  readonly debianPackage: string;
  readonly present: () => boolean;
}

const program = (name: string) => (): boolean => findProgram(name) !== undefined;

const needs: readonly Need[] = [
  { debianPackage: "runc", present: program("runc") },
  { debianPackage: "containernetworking-plugins", present: () => findNetworkPlugins() !== undefined },
  { debianPackage: "nftables", present: program("nft") },
  { debianPackage: "busybox-static", present: program("busybox") },
  // The package redis-server may start a service on port 6379. redis-tools has the same binary under the name
  // redis-check-rdb (the program decides by its name what to do), and no service.
  { debianPackage: "redis-tools", present: program("redis-check-rdb") },
  // The package mariadb-server would start a service. This package only has its programs.
  { debianPackage: "mariadb-server-core", present: program("mariadbd") },
  { debianPackage: "mariadb-client", present: program("mariadb-admin") },
  { debianPackage: "iproute2", present: program("ip") },
  { debianPackage: "openssl", present: program("openssl") },
  { debianPackage: "util-linux", present: () => program("nsenter")() && program("unshare")() },
  { debianPackage: "mount", present: program("mount") },
];

export function findProgram(name: string): string | undefined {
  return searchPath
    .split(":")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

export function findNetworkPlugins(): string | undefined {
  const folders = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];
  return folders.find((folder) => existsSync(join(folder, "ptp")) && existsSync(join(folder, "host-local")));
}

/** Installs missing packages; resolves with a sentence for each one that could not be installed. */
export async function installPackages(report: (line: string) => void): Promise<string[]> {
  const missing = missingPackages();
  if (missing.length === 0) return [];
  if (!findProgram("apt-get")) return missing.map(describePackage);
  report(`installing ${missing.join(", ")}`);
  // The package lists are only fetched when the first attempt fails, because fetching them takes most of the time.
  if (!(await succeeds("apt-get", installWords(missing)))) {
    await run("apt-get", ["update", "-qq"]);
    await run("apt-get", installWords(missing), { environment: { DEBIAN_FRONTEND: "noninteractive" } });
  }
  return missingPackages().map(describePackage);
}

export const describePackage = (name: string): string => `the programs of Debian's package ${name}`;

export const missingPackages = (): string[] =>
  needs.filter((need) => !need.present()).map((need) => need.debianPackage);

function installWords(packages: readonly string[]): string[] {
  return ["install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...packages];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
