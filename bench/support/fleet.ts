// Thousands of small applications for benchmarks on simulated nodes: each has a ConfigMap, a Secret, and a web service
// that reads the ConfigMap.
import { setTimeout } from "node:timers/promises";
import { ApiError, type Client } from "../../src/api/client.ts";

export interface Application {
  readonly name: string;
  readonly namespace: string;
  readonly index: number;
}

const PER_NAMESPACE = 100;
/** The number of deploys at the same time. */
const LANES = 16;

export function fleetOf(count: number): readonly Application[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `app-${String(index).padStart(4, "0")}`,
    namespace: `fleet-${String(index % Math.ceil(count / PER_NAMESPACE)).padStart(2, "0")}`,
    index,
  }));
}

export function namespacesOf(fleet: readonly Application[]): readonly string[] {
  return [...new Set(fleet.map((one) => one.namespace))];
}

function documentOf({ name, namespace, index }: Application) {
  return {
    name,
    namespace,
    components: [
      { name: `${name}-settings`, type: "config", properties: { data: { level: "info", shard: String(index) } } },
      { name: `${name}-keys`, type: "secret", properties: { data: { password: `password-of-${name}` } } },
      {
        name: `${name}-web`,
        type: "webservice",
        properties: { image: "busybox:1.36", command: ["sleep", "infinity"], port: 8080 },
        traits: {
          env: { LEVEL: { config: `${name}-settings`, key: "level" } },
          placement: { nodes: { type: "kwok" }, tolerations: [{ key: "kwok.x-k8s.io/node", operator: "Exists" }] },
        },
      },
    ],
  };
}

/** Deploys all applications. Resolves when every run has succeeded, and rejects when a run ends otherwise. */
export async function deployAll(client: Client, fleet: readonly Application[]): Promise<void> {
  const begin = performance.now();
  let done = 0;
  await inLanes(fleet, async (application) => {
    await deployOne(client, application);
    done += 1;
    if (done % 250 === 0)
      process.stderr.write(`deployed ${done} after ${Math.round((performance.now() - begin) / 1_000)} s\n`);
  });
}

async function deployOne(client: Client, application: Application): Promise<void> {
  const params = { project: "default", application: application.name };
  const run = await patiently(() =>
    client.call("deployApplication", { params, body: JSON.stringify(documentOf(application)) }),
  );
  const stop = new AbortController();
  const asked = { params: { project: "default" }, query: { run: run.id, after: run.lastEvent } };
  for await (const { data } of client.stream("streamEvents", asked, stop.signal)) {
    if (data.type !== "run.finished") continue;
    stop.abort();
    if (data.data["phase"] !== "succeeded")
      throw new Error(`${application.name}: the run ended ${String(data.data["phase"])}`);
    return;
  }
}

/**
 * Retries a call, because an API server on a busy machine may not answer for a while, and creating the fleet is not
 * measured.
 */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 503 || tries === 20) throw error;
      await setTimeout(3_000);
    }
  }
}

export async function inLanes(
  fleet: readonly Application[],
  work: (application: Application) => Promise<void>,
): Promise<void> {
  const rest = fleet.values();
  const lane = async (): Promise<void> => {
    for (const one of rest) await work(one);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
