// Runs a PostgreSQL server for tests, in a temporary folder, on a free port of the loopback interface. The server ends
// with the process that started it. fsync is off, because the data is not needed. Servers that it did not start are
// never changed.
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { findOrInstallBinaries } from "./binaries.ts";

export interface Postgres {
  /** Address (postgres://…) of an empty database, with a user who may create further databases. */
  readonly url: string;
  /** Resolves once the server has ended and its folder is gone. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a server, or uses the one in KUBEMIN_TEST_POSTGRES if it is set. The error of a failed start names what is
 * missing. With `durable`, acknowledged writes survive the death of the server's processes (not of the machine), for
 * tests that kill them. Such a test always gets a separate, empty server, so that it neither kills the server of
 * another test nor finds runs of others in it.
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

/** The user that runs the server; empty for the user of this process. */
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
    // There is no such user. The error is thrown below.
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

/**
 * Enough connections for the pools of all test files. Messages are in English, because the start waits for one of them.
 */
const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "max_connections=200",
  "fsync=off",
  "full_page_writes=off",
  "lc_messages=C",
];

/**
 * A shell between this process and the server. It ends the server and removes the folder when its standard input
 * closes, which the kernel does even if this process is killed. It is detached, so that Ctrl-C in the terminal only
 * reaches this process.
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
    // The listener stays as long as the server, because a pipe without a reader fills up and stops the writer.
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
