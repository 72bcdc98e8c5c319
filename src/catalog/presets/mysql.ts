// The preset `mysql` of component type `store`, for the official image: it creates user and database when the volume is
// empty, and never later. A user other than root gets the same password as root.
import type { Preset } from "./preset.ts";

export const mysql: Preset = {
  image: "mysql:8.4",
  port: 3306,
  portName: "mysql",
  scheme: "mysql",
  args: ["--port={port}"],
  volume: { mountPath: "/var/lib/mysql", size: "10Gi", subPath: "mysql" },
  // By TCP, because the server that prepares an empty volume has no network. `ping` needs no password: it only asks
  // whether a server answers.
  readiness: {
    exec: { command: ["sh", "-c", "mysqladmin ping -h 127.0.0.1 -P {port} --silent"] },
    periodSeconds: 2,
    timeoutSeconds: 3,
    failureThreshold: 5,
  },
  account: {
    user: "root",
    database: "app",
    env: { MYSQL_DATABASE: "{database}" },
    passwordEnv: ["MYSQL_ROOT_PASSWORD"],
    ownUser: { env: { MYSQL_USER: "{user}" }, passwordEnv: ["MYSQL_PASSWORD"] },
  },
};
