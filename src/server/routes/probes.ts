// Probes and metrics: for kubelets and Prometheus, without a token, and without anything of a project. None of them depends on the database:
// a server whose database is away answers every request with that sentence, which is better than a Service without endpoints.
// Why: docs/decisions/0007-readiness-without-the-database.md.
import type { FastifyInstance } from "fastify";
import { metricsText, type Requests } from "../metrics/metrics.ts";
import { troublesOf } from "../metrics/troubles.ts";
import type { ServerParts } from "../shared/serverParts.ts";

export function registerProbes(app: FastifyInstance, parts: ServerParts, requests: Requests): void {
  const open = { config: { open: true } } as const;
  // Alive means only that this process answers: what is wrong elsewhere must not get it killed.
  app.get("/healthz", open, async () => ({ alive: true }));
  app.get("/readyz", open, async (_, reply) => {
    const ready = !parts.stopping.aborted;
    return reply.code(ready ? 200 : 503).send({ ready, troubles: await troublesOf(parts) });
  });
  app.get("/metrics", open, async (_, reply) =>
    reply.type("text/plain; version=0.0.4; charset=utf-8").send(await metricsText(parts, requests)),
  );
}
