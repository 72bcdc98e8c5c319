// The image postgres with the behaviour of the official image that kubemin's preset relies on: POSTGRES_PASSWORD,
// POSTGRES_USER, POSTGRES_DB, PGDATA, PGPORT. An empty volume is prepared by a server without network; afterwards
// clients with the password may connect. The program is this machine's version, for every tag. Not supported: the
// folder of init scripts, other authentication, extensions.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { findOrInstallBinaries } from "../../postgres/binaries.ts";
import type { Image, ImageFile } from "./archive.ts";
import { busyboxBase } from "./busybox.ts";
import { programFileWithLibraries } from "./programFiles.ts";

const PROGRAMS = ["postgres", "initdb", "pg_isready", "psql"];
/** The modules that a server without further extensions loads. */
const MODULES = ["plpgsql.so", "dict_snowball.so"];
const USER = 999;

const entrypoint = `#!/bin/sh
set -e
case "$1" in -*) set -- postgres "$@" ;; esac
if [ "$1" != postgres ]; then exec "$@"; fi
export PGDATA="\${PGDATA:-/var/lib/postgresql/data}"
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R ${USER}:${USER} "$PGDATA"
  exec su -s /bin/sh postgres -c 'exec "$0" "$@"' "$0" "$@"
fi
mkdir -p "$PGDATA"
chmod 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "$POSTGRES_PASSWORD" ]; then
    echo "Error: Database is uninitialized and superuser password is not specified. Set POSTGRES_PASSWORD." >&2
    exit 1
  fi
  user="\${POSTGRES_USER:-postgres}"
  printf '%s' "$POSTGRES_PASSWORD" > /tmp/password
  initdb --username="$user" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C
  rm /tmp/password
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  database="\${POSTGRES_DB:-$user}"
  if [ "$database" != postgres ]; then
    echo "CREATE DATABASE \\"$database\\"" | postgres --single -D "$PGDATA" -j postgres >/dev/null
  fi
  echo "PostgreSQL init process complete; ready for start up."
fi
shift
exec postgres -c listen_addresses='*' "$@"
`;

/** Debian's folders keep their paths, because the programs look for their files relative to themselves. */
export async function postgresql(): Promise<Image> {
  const base = await busyboxBase();
  const bin = findOrInstallBinaries();
  const version = basename(dirname(bin));
  const programs = await Promise.all(
    PROGRAMS.map((name) => programFileWithLibraries(join(bin, name), join(bin, name))),
  );
  const modules = MODULES.map((name) => join(dirname(bin), "lib", name));
  const loaded = await Promise.all(modules.map((path) => programFileWithLibraries(path, path)));
  return {
    ...base,
    tag: "docker.io/library/postgres:17",
    files: {
      ...base.files,
      ...Object.assign({}, ...programs, ...loaded),
      ...sharedFiles(`/usr/share/postgresql/${version}`),
      "/etc/passwd": {
        content: `root:x:0:0:root:/root:/bin/sh\npostgres:x:${USER}:${USER}::/var/lib/postgresql:/bin/sh\n`,
      },
      "/etc/group": { content: `root:x:0:\npostgres:x:${USER}:\n` },
      "/usr/local/bin/docker-entrypoint.sh": { content: entrypoint, mode: 0o755 },
    },
    folders: {
      ...base.folders,
      "/var/lib/postgresql": 0o777,
      "/var/lib/postgresql/data": 0o777,
      "/var/run/postgresql": 0o1777,
    },
    env: { PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${bin}` },
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["postgres"],
    volumes: ["/var/lib/postgresql/data"],
  };
}

/** The files from which initdb copies. Extensions and translated messages are left out. */
function sharedFiles(folder: string): Record<string, ImageFile> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((one) => one.isFile() || one.isSymbolicLink())
    .map((one) => join(one.parentPath, one.name));
  const wanted = paths.filter((path) => {
    const inside = relative(folder, path);
    return !inside.startsWith("extension/") || inside.startsWith("extension/plpgsql");
  });
  return Object.fromEntries(
    wanted.flatMap((path) => {
      try {
        return [[path, { content: readFileSync(path) }]];
      } catch {
        return []; // The file is a link to documentation that is not installed.
      }
    }),
  );
}
