// Probes and metrics: for kubelets and Prometheus, without a token, and without anything of a project.
import type { FastifyInstance } from "fastify";
import { metricsText, type Requests } from "./metrics.ts";
import type { Service } from "./service.ts";

const PATIENCE_MILLISECONDS = 2_000;

export function registerProbes(app: FastifyInstance, service: Service, requests: Requests): void {
  const open = { config: { open: true } } as const;
  // Alive means only that this process answers: a store that is away must not get the process killed.
  app.get("/healthz", open, async () => ({ alive: true }));
  app.get("/readyz", open, async (_, reply) => {
    const ready = await storeAnswers(service);
    return reply.code(ready ? 200 : 503).send({ ready });
  });
  app.get("/metrics", open, async (_, reply) =>
    reply.type("text/plain; version=0.0.4; charset=utf-8").send(await metricsText(service, requests)),
  );
}

async function storeAnswers({ world }: Service): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MILLISECONDS);
  });
  const answer = world.store.events.latest().then(
    () => true,
    () => false,
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
