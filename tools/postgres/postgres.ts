// A PostgreSQL server for tests: in a temporary folder, on a free port of the loopback interface, gone with the process that started it.
// Its data is worth nothing: fsync is off. Never touches a server that it did not start.
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { findOrInstallBinaries } from "./binaries.ts";

export interface Postgres {
  /** postgres://… of an empty database, as a user who may create others. */
  readonly url: string;
  /** Resolves once the server has ended and its folder is gone. */
  readonly stop: () => Promise<void>;
}

/**
 * `durable`: what it acknowledged outlives the death of its processes (not of the machine), for those who kill them. Always a server of its
 * own, empty: who kills one must not kill others', nor find their runs in it.
 * Otherwise uses the server of KUBEMIN_TEST_POSTGRES and starts nothing when that is set. Fails with what is missing when it cannot start one.
 */
export async function startPostgres({ durable = false }: { readonly durable?: boolean } = {}): Promise<Postgres> {
  const given = process.env["KUBEMIN_TEST_POSTGRES"];
  if (!durable && given !== undefined && given !== "") return { url: given, stop: () => Promise.resolve() };
  const server: Server = {
    binaries: findOrInstallBinaries(),
    folder: await mkdtemp(join(tmpdir(), "kubemin-postgres-")),
    user: await unprivilegedUser(),
    settings: durable ? SETTINGS : [...SETTINGS, "synchronous_commit=off"],
  };
  try {
    return await start(server);
  } catch (error) {
    await rm(server.folder, { recursive: true, force: true });
    throw error;
  }
}

interface Server {
  readonly binaries: string;
  readonly folder: string;
  readonly user: User;
  readonly settings: readonly string[];
}

/** Empty: ourselves. */
interface User {
  readonly uid?: number;
  readonly gid?: number;
}

const execute = promisify(execFile);

/** PostgreSQL refuses to run as root; the user `postgres` comes with every distribution's package. */
async function unprivilegedUser(): Promise<User> {
  if (process.getuid?.() !== 0) return {};
  try {
    const [uid, gid] = await Promise.all(
      ["-u", "-g"].map(async (flag) => Number((await execute("id", [flag, "postgres"])).stdout)),
    );
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  } catch {
    // There is no such user: said below.
  }
  throw new Error(
    "PostgreSQL does not run as root, and there is no user `postgres` to run it as: create one (useradd --system postgres), or set KUBEMIN_TEST_POSTGRES",
  );
}

async function start(server: Server): Promise<Postgres> {
  const { binaries, folder, user } = server;
  if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const options = [
    "--pgdata",
    data,
    "--username",
    "kubemin",
    "--auth",
    "trust",
    "--encoding",
    "UTF8",
    "--no-locale",
    "--no-sync",
  ];
  await execute(join(binaries, "initdb"), options, { ...user, cwd: folder });
  const port = await freePort();
  const child = spawnServer(server, [
    "-D",
    data,
    ...server.settings.flatMap((setting) => ["-c", setting]),
    "-c",
    `port=${port}`,
    "-c",
    `unix_socket_directories=${folder}`,
  ]);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://kubemin@127.0.0.1:${port}/postgres`, stop };
}

/** Every test file has a pool of its own; messages in English, because we wait for one of them. */
const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "max_connections=200",
  "fsync=off",
  "full_page_writes=off",
  "lc_messages=C",
];

/**
 * A shell stands between us and the server: it ends the server and removes the folder when our end of its standard input closes, which
 * the kernel does even if we are killed. Detached, so that Ctrl-C in the terminal reaches us alone.
 */
const GUARD = `
folder=$1; shift
("$@" </dev/null; echo "kubemin: the server ended" >&2) &
cat >/dev/null
kill -INT "$(head -n 1 "$folder/data/postmaster.pid")" 2>/dev/null
wait
cd / && rm -rf "$folder"
`;

type Child = ChildProcessByStdio<Writable, null, Readable>;

function spawnServer({ binaries, folder, user }: Server, parameters: readonly string[]): Child {
  const command = ["-c", GUARD, "sh", folder, join(binaries, "postgres"), ...parameters];
  return spawn("sh", command, { ...user, cwd: folder, detached: true, stdio: ["pipe", "ignore", "pipe"] });
}

function ready(child: Child): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.once("error", reject);
    // Stays for the life of the server: a pipe that nobody reads fills up and stops the writer.
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-10_000);
      if (output.includes("database system is ready to accept connections")) resolve();
      else if (output.includes("kubemin: the server ended")) reject(new Error(`PostgreSQL did not start:\n${output}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("the system gave no free port"));
      });
    });
  });
}
