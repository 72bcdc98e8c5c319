// The image mysql with the behaviour of the official image that kubemin's preset relies on: MYSQL_ROOT_PASSWORD,
// MYSQL_DATABASE, MYSQL_USER, MYSQL_PASSWORD. An empty volume is prepared by a server without network; afterwards
// clients with the password may connect. The program is this machine's MariaDB, for every tag. Not supported: the
// folder of init scripts, files with passwords, time zones.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Image, ImageFile } from "./archive.ts";
import { busyboxBase } from "./busybox.ts";
import { programWithLibraries } from "./programFiles.ts";

const USER = 999;
const SHARED = "/usr/share/mysql";
const TABLES = ["system_tables", "performance_tables", "system_tables_data"].map(
  (name) => `${SHARED}/mysql_${name}.sql`,
);

const entrypoint = `#!/bin/sh
set -e
case "$1" in -*) set -- mysqld "$@" ;; esac
if [ "$1" != mysqld ]; then exec "$@"; fi
data=/var/lib/mysql
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$data"
  chown -R ${USER}:${USER} "$data"
  exec su -s /bin/sh -c 'exec "$0" "$@"' -- mysql "$0" "$@"
fi
quoted() { printf "'"; printf '%s' "$1" | sed "s/\\\\\\\\/\\\\\\\\\\\\\\\\/g; s/'/''/g"; printf "'"; }
common="--no-defaults --basedir=/usr --datadir=$data --lc-messages-dir=${SHARED}/english --character-sets-dir=${SHARED}/charsets"
if [ ! -d "$data/mysql" ]; then
  if [ -z "$MYSQL_ROOT_PASSWORD" ]; then
    echo "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified. You need to specify MYSQL_ROOT_PASSWORD" >&2
    exit 1
  fi
  {
    printf 'create database mysql;\\nuse mysql;\\nset @auth_root_socket=null;\\n'
    cat ${TABLES.join(" ")}
    printf 'flush privileges;\\n'
    echo "alter user root@localhost identified by $(quoted "$MYSQL_ROOT_PASSWORD");"
    echo "create user root@'%' identified by $(quoted "$MYSQL_ROOT_PASSWORD");"
    echo "grant all on *.* to root@'%' with grant option;"
    if [ -n "$MYSQL_DATABASE" ]; then echo "create database \\\`$MYSQL_DATABASE\\\`;"; fi
    if [ -n "$MYSQL_USER" ]; then
      echo "create user $(quoted "$MYSQL_USER")@'%' identified by $(quoted "$MYSQL_PASSWORD");"
      if [ -n "$MYSQL_DATABASE" ]; then echo "grant all on \\\`$MYSQL_DATABASE\\\`.* to $(quoted "$MYSQL_USER")@'%';"; fi
    fi
  } | /usr/sbin/mariadbd $common --bootstrap --log-warnings=0
  echo "[Note] [Entrypoint]: MySQL init process done. Ready for start up."
fi
shift
exec /usr/sbin/mariadbd $common --socket=/var/run/mysqld/mysqld.sock --pid-file=/var/run/mysqld/mysqld.pid --bind-address=0.0.0.0 "$@"
`;

export async function mysql(version: string): Promise<Image> {
  const base = await busyboxBase();
  const programs = await Promise.all([
    programWithLibraries("mariadbd", "/usr/sbin/mariadbd"),
    programWithLibraries("mariadb", "/usr/bin/mysql"),
    programWithLibraries("mariadb-admin", "/usr/bin/mysqladmin"),
  ]);
  return {
    ...base,
    tag: `docker.io/library/mysql:${version}`,
    files: {
      ...base.files,
      ...Object.assign({}, ...programs),
      ...Object.fromEntries([...TABLES, `${SHARED}/english/errmsg.sys`, ...characterSets()].map(fileOfThisMachine)),
      "/etc/passwd": { content: `root:x:0:0:root:/root:/bin/sh\nmysql:x:${USER}:${USER}::/var/lib/mysql:/bin/sh\n` },
      "/etc/group": { content: `root:x:0:\nmysql:x:${USER}:\n` },
      "/usr/local/bin/docker-entrypoint.sh": { content: entrypoint, mode: 0o755 },
    },
    folders: { ...base.folders, "/var/lib/mysql": 0o777, "/var/run/mysqld": 0o1777 },
    // The only difference between the versions.
    env: { ...base.env, MYSQL_VERSION: version },
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["mysqld"],
    volumes: ["/var/lib/mysql"],
  };
}

const characterSets = (): readonly string[] =>
  readdirSync(`${SHARED}/charsets`).map((name) => join(SHARED, "charsets", name));

const fileOfThisMachine = (path: string): [string, ImageFile] => [path, { content: readFileSync(path) }];
