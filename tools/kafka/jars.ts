// The files of a Kafka broker, which Maven downloads by pom.xml. Each file must have the checksum in jars.sha256,
// whatever mirror it came from. They are kept in a folder that is named after the list, so that another list gets
// another folder. Missing Java and Maven are installed from Debian if possible; otherwise an error names what is
// missing.
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const LIST = join(import.meta.dirname, "jars.sha256");
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const ADVICE = "Provide them, or name a broker that tests may use with KUBEMIN_TEST_KAFKA=host:port.";

const execute = promisify(execFile);

/** Downloads the files if needed; resolves with the path of their folder. */
export async function kafkaJars(): Promise<string> {
  const list = readFileSync(LIST, "utf8");
  const name = createHash("sha256").update(list).digest("hex").slice(0, 16);
  const folder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "kubemin", "kafka", name);
  ensurePrograms();
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    const words = ["-q", "-B", "-C", "-f", join(import.meta.dirname, "pom.xml"), COPY, `-DoutputDirectory=${fresh}`];
    await execute("mvn", [...words, "-DincludeScope=runtime"]);
    compare(fresh, list);
    // The folder is renamed in one step, so that it is always complete, even when two tests fetch at the same time.
    if (!existsSync(folder)) renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

function compare(folder: string, list: string): void {
  const wanted = new Map(
    list
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/))
      .map(([sum = "", name = ""]) => [name, sum]),
  );
  const found = readdirSync(folder);
  const wrong = found.filter((name) => {
    const sum = createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
    return wanted.get(name) !== sum;
  });
  const missing = [...wanted.keys()].filter((name) => !found.includes(name));
  if (wrong.length + missing.length > 0)
    throw new Error(`the files of Kafka are not those of jars.sha256: ${[...wrong, ...missing].join(", ")}`);
}

const PROGRAMS = [
  { program: "java", flag: "-version", debianPackage: "openjdk-17-jre-headless" },
  { program: "mvn", flag: "--version", debianPackage: "maven" },
] as const;

function ensurePrograms(): void {
  const missing = PROGRAMS.filter(({ program, flag }) => spawnSync(program, [flag]).status !== 0);
  if (missing.length === 0) return;
  const packages = missing.map((one) => one.debianPackage);
  const may = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  if (!may) throw new Error(`a Kafka broker needs the programs of Debian's packages ${packages.join(", ")}. ${ADVICE}`);
  process.stderr.write(`installing ${packages.join(", ")} with apt-get, once …\n`);
  aptGet("update");
  aptGet("install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...packages);
}

function aptGet(...words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stdout, stderr, error } = spawnSync("apt-get", words, { env, encoding: "utf8" });
  if (status === 0) return;
  const output = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new Error(`apt-get ${words.join(" ")} failed: ${error?.message ?? output}\n${ADVICE}`);
}
