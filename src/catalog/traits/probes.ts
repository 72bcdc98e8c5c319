// Health checks of the main container: whether it is ready for requests (readiness), must be restarted (liveness) or
// has started (startup).
import { z } from "zod";
import { defineTrait } from "../define.ts";
import { checkProbes, probeFields, renderProbes } from "../parts/pod/probe.ts";

export const probes = defineTrait({
  name: "probes",
  summary: { en: "Health checks of the program", zh: "程序健康检查" },
  schema: z.strictObject(probeFields),
  examples: [
    {
      title: { en: "Ready by HTTP, alive by TCP", zh: "HTTP 就绪、TCP 存活" },
      value: {
        readiness: { http: { path: "/healthz", port: 8080 }, every: "2s", failures: 3 },
        liveness: { tcp: { port: 8080 }, every: "10s", after: "30s" },
      },
    },
  ],
  appliesTo: "pods",
  check: (data, target) => checkProbes(data, target.port),
  render: (data, target) => ({ container: renderProbes(data, target.port) }),
});
