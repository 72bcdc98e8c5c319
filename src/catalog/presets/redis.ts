// The preset `redis` of component type `store`. It sets `args` and not `command`: the image's own entrypoint drops root
// before it starts the server.
import type { Preset } from "./preset.ts";

export const redis: Preset = {
  image: "redis:7",
  port: 6379,
  portName: "redis",
  scheme: "redis",
  args: ["redis-server", "--port", "{port}", "--dir", "{mountPath}", "--appendonly", "yes"],
  volume: { mountPath: "/data", size: "1Gi" },
  // A TCP probe would succeed while Redis still loads its data and refuses every command.
  readiness: {
    exec: { command: ["sh", "-c", "redis-cli -p {port} ping | grep -q PONG"] },
    periodSeconds: 2,
    timeoutSeconds: 3,
    failureThreshold: 5,
  },
};
