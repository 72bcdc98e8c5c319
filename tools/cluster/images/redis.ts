// The image redis with the behaviour of the official image: other pods can reach it, it writes to /data, and it runs as
// any user and with a read-only root file system.
import type { Image } from "./archive.ts";
import { busyboxBase } from "./busybox.ts";
import { programWithLibraries } from "./programFiles.ts";

// The official image is compiled with protected mode off. Options of the user come later and take precedence. A
// configuration file must stay the first argument.
const server = `#!/bin/sh
case "$1" in
  ""|-*) exec /usr/lib/redis/redis-server --protected-mode no "$@" ;;
  *) file="$1"; shift; exec /usr/lib/redis/redis-server "$file" --protected-mode no "$@" ;;
esac
`;

const entrypoint = `#!/bin/sh
case "$1" in
  -*|*.conf) set -- redis-server "$@" ;;
esac
exec "$@"
`;

export async function redis(): Promise<Image> {
  const base = await busyboxBase();
  return {
    ...base,
    tag: "docker.io/library/redis:7",
    files: {
      ...base.files,
      // redis-check-rdb is the same program as the server, which decides by its name what to do.
      ...(await programWithLibraries("redis-check-rdb", "/usr/lib/redis/redis-server")),
      ...(await programWithLibraries("redis-cli", "/usr/local/bin/redis-cli")),
      "/usr/local/bin/redis-server": { content: server, mode: 0o755 },
      "/usr/local/bin/docker-entrypoint.sh": { content: entrypoint, mode: 0o755 },
    },
    folders: { ...base.folders, "/data": 0o777 },
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["redis-server"],
    workingFolder: "/data",
    volumes: ["/data"],
  };
}
