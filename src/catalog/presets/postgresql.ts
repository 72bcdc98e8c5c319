// PostgreSQL as a store, by the contract of the official image: it makes user and database when the volume is empty, and never again.
import type { Preset } from "./preset.ts";

export const postgresql: Preset = {
  image: "postgres:17",
  port: 5432,
  portName: "postgresql",
  scheme: "postgresql",
  args: [],
  volume: { mountPath: "/var/lib/postgresql/data", size: "10Gi" },
  // By TCP: the server that prepares an empty volume listens on its socket only, and must not pass for the real one.
  readiness: {
    exec: { command: ["sh", "-c", "pg_isready -q -h 127.0.0.1 -p {port} -U {user} -d {database}"] },
    periodSeconds: 2,
    timeoutSeconds: 3,
    failureThreshold: 5,
  },
  account: {
    user: "postgres",
    database: "postgres",
    env: {
      POSTGRES_USER: "{user}",
      POSTGRES_DB: "{database}",
      // A folder below: initdb wants an empty one, and fresh disks hold a lost+found.
      PGDATA: "{mountPath}/pgdata",
      PGPORT: "{port}",
    },
    passwordEnv: ["POSTGRES_PASSWORD"],
  },
};
