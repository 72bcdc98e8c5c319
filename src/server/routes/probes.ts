// Probes and metrics for kubelets and Prometheus. They need no token and show nothing secret. Readiness does not depend
// on the database: without its database, the server answers every request with an error that says so, which is better
// than a Service without endpoints.
// Why: docs/decisions/0007-readiness-without-the-database.md.
import type { FastifyInstance } from "fastify";
import { metricsText, type Requests } from "../metrics/metrics.ts";
import { troublesOf } from "../metrics/troubles.ts";
import type { ServerParts } from "../shared/serverParts.ts";

export function registerProbes(app: FastifyInstance, parts: ServerParts, requests: Requests): void {
  const open = { config: { open: true } } as const;
  // The liveness probe only shows that this process answers. A fault elsewhere must not make the kubelet restart it.
  app.get("/healthz", open, async () => ({ alive: true }));
  app.get("/readyz", open, async (_, reply) => {
    const ready = !parts.stopping.aborted;
    return reply.code(ready ? 200 : 503).send({ ready, troubles: await troublesOf(parts) });
  });
  app.get("/metrics", open, async (_, reply) =>
    reply.type("text/plain; version=0.0.4; charset=utf-8").send(await metricsText(parts, requests)),
  );
}
