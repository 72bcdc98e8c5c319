// The preset `postgresql` of component type `store`, for the official image: it creates user and database when the
// volume is empty, and never later.
import type { Preset } from "./preset.ts";

export const postgresql: Preset = {
  image: "postgres:17",
  port: 5432,
  portName: "postgresql",
  scheme: "postgresql",
  args: [],
  volume: { mountPath: "/var/lib/postgresql/data", size: "10Gi" },
  // By TCP, because the server that prepares an empty volume listens on its socket only and must not be taken for the
  // real one.
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
      // A subfolder, because initdb needs an empty folder and a fresh disk contains a lost+found.
      PGDATA: "{mountPath}/pgdata",
      PGPORT: "{port}",
    },
    passwordEnv: ["POSTGRES_PASSWORD"],
  },
};
