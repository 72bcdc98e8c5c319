// The whole product beside HAMi and Volcano, on a cluster with simulated nodes: the stand-ins of test/middleware do
// what those programs do. The pods run on simulated nodes, which end a Job's pod when its annotation says so.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/engine/systemClock.ts";
import { type Connection, openConnection } from "../../src/kube/reach/connection.ts";
import { findTarget } from "../../src/kube/reach/kubeconfig.ts";
import type { Json, JsonObject } from "../../src/model/data/json.ts";
import { type RunningCluster, startCluster, stopCluster } from "../../tools/cluster/instance.ts";
import { create, listed, remove, until } from "../capacity/rawCalls.ts";
import { startHami } from "../middleware/hami.ts";
import type { Card } from "../middleware/hamiCards.ts";
import { hamiNode } from "../middleware/hamiExtender.ts";
import { HAMI_LABEL } from "../middleware/hamiWebhook.ts";
import type { Stoppable } from "../middleware/stoppable.ts";
import { startVolcano } from "../middleware/volcano.ts";
import { createVolcanoQueue, setQueueState, VOLCANO_API } from "../middleware/volcanoKinds.ts";
import { endOf, eventOf, hasReason, jobOf, submit } from "./support/asking.ts";
import { type Application, task } from "./support/documents.ts";
import { type Job, type Product, type Run, startProduct } from "./support/product.ts";

const NAME = "middleware";
const LASTS = { "pod-complete.stage.kwok.x-k8s.io/delay": "600s" };

let cluster: RunningCluster;
let raw: Connection;
let product: Product;

beforeAll(async () => {
  cluster = await startCluster({ name: NAME, controlPlaneOnly: true, simulatedNodes: 2, gpusPerSimulatedNode: 8 });
  const target = await findTarget({ name: NAME, kubeconfig: cluster.kubeconfig, context: undefined });
  raw = openConnection(NAME, target, systemClock);
  product = await startProduct({ kubeconfig: cluster.kubeconfig, context: `kubemin-${NAME}` });
});

afterAll(async () => {
  await product?.stop();
  await raw?.close();
  await stopCluster(NAME);
});

async function makeNamespace(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  await create(raw, "/api/v1/namespaces", { metadata: { name, labels } });
  await until(async () => (await listed(raw, `/api/v1/namespaces/${name}/serviceaccounts`)).length > 0, "the account");
}

interface Wish {
  readonly namespace: string;
  readonly traits: JsonObject;
  /** Whether the program works until it is cancelled. Otherwise it ends at once. */
  readonly lasts?: boolean;
  readonly pods?: number;
  readonly more?: { readonly [field: string]: Json };
}

function application(name: string, { namespace, traits, lasts = false, pods = 1, more = {} }: Wish): Application {
  const annotations = lasts ? { metadata: { pods: { annotations: LASTS } } } : {};
  const one = task(name, "true", { traits: { ...annotations, ...traits }, ...more });
  const properties = one["properties"] as JsonObject; // see task()
  return { name, namespace, components: [pods === 1 ? one : { ...one, properties: { ...properties, pods } }] };
}

/** The only job of the run has the name of its application. */
const onlyJob = (run: Run): Job => jobOf(run, run.application);
const untilReason = (code: string) => (run: Run) =>
  eventOf(product, run.id, (event) => hasReason(event, run.application, code));
const running = untilReason("TaskRunning");

async function cancel(run: Run): Promise<void> {
  await product.client.call("cancelRun", { params: { project: "default", run: run.id } });
  await endOf(product, run.id);
}

describe("HAMi, as it is usually installed: its webhook names the scheduler", () => {
  const namespace = "shares";
  const card = (id: string): Card => ({
    id,
    slots: 10,
    memory: 24_576,
    cores: 100,
    type: "NVIDIA-NVIDIA A10",
    healthy: true,
  });
  let hami: Stoppable;

  beforeAll(async () => {
    hami = await startHami(cluster);
    await makeNamespace(namespace, HAMI_LABEL);
    await create(raw, "/api/v1/nodes", hamiNode("cards", [card("GPU-1"), card("GPU-2")]));
  });

  afterAll(() => hami?.stop());

  const share = (memory: string, more: Partial<Wish> = {}): Wish => ({
    namespace,
    traits: { gpu: { memory } },
    ...more,
  });

  it("a share runs, the next one waits for memory of a card, and starts by itself", async () => {
    const holders = [];
    for (const name of ["first", "second"]) {
      const run = await submit(product, application(name, share("16Gi", { lasts: true })));
      await running(run);
      holders.push(run);
    }
    const waits = await submit(product, application("third", share("12Gi")));
    await eventOf(product, waits.id, ({ data }) => JSON.stringify(data).includes("CardInsufficientMemory"));
    const asked = await product.client.call("getRun", { params: { project: "default", run: waits.id } });
    expect(onlyJob(asked).phase).toBe("pending");
    for (const holder of holders.slice(0, 1)) await cancel(holder);
    expect((await endOf(product, waits.id)).phase).toBe("succeeded");
    for (const holder of holders.slice(1)) await cancel(holder);
  });

  it("a share larger than a card is refused, and so is a card that nobody has", async () => {
    const large = await endOf(product, (await submit(product, application("large", share("40Gi")))).id);
    expect(onlyJob(large)).toMatchObject({ phase: "rejected" });
    const traits = { gpu: { memory: "1Gi", product: "NVIDIA-H200" } };
    const other = await endOf(product, (await submit(product, application("other", { namespace, traits }))).id);
    expect(onlyJob(other)).toMatchObject({ phase: "rejected" });
  });

  it("a quota that is in use is waited for, and one that is too small refuses", async () => {
    const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
    const hard = { "limits.nvidia.com/gpumem": "12000" };
    await create(raw, quotas, { metadata: { name: "memory" }, spec: { hard } });
    const holder = await submit(product, application("holder", share("8Gi", { lasts: true })));
    await running(holder);
    const next = await submit(product, application("next", share("8Gi")));
    await untilReason("QuotaBusy")(next);
    await cancel(holder);
    expect((await endOf(product, next.id)).phase).toBe("succeeded");
    const never = await endOf(product, (await submit(product, application("never", share("20Gi")))).id);
    expect(onlyJob(never).phase).toBe("rejected");
    await remove(raw, `${quotas}/memory`);
  });
});

describe("Volcano: all pods of a gang or none", () => {
  const namespace = "gangs";
  let volcano: Stoppable;

  beforeAll(async () => {
    volcano = await startVolcano(raw);
    await makeNamespace(namespace, {});
    await createVolcanoQueue(raw, "small", { "nvidia.com/gpu": "8" });
    await createVolcanoQueue(raw, "closed");
    await setQueueState(raw, "closed", "Closed");
  });

  afterAll(() => volcano?.stop());

  const gang = (queue: string, pods: number, more: Partial<Wish> = {}): Wish => ({
    namespace,
    pods,
    traits: {
      gpu: { count: 4 },
      queue: { volcano: queue },
      placement: { tolerations: [{ key: "kwok.x-k8s.io/node", operator: "Exists" }] },
    },
    ...more,
  });

  it("the second gang waits until the first has ended, and leaves no group behind", async () => {
    const first = await submit(product, application("gang-1", gang("default", 4, { lasts: true })));
    await untilReason("PodsRunning")(first);
    const second = await submit(product, application("gang-2", gang("default", 3)));
    await untilReason("QueueWaits")(second);
    await cancel(first);
    expect((await endOf(product, second.id)).phase).toBe("succeeded");
    await until(async () => {
      const groups = await listed(raw, `${VOLCANO_API}/namespaces/${namespace}/podgroups`);
      return groups.every((one) => JSON.stringify(one).includes('"Completed"'));
    }, "the group of the cancelled gang to be gone");
  });

  it("a queue that is missing, closed, or smaller than the gang is refused by its name", async () => {
    for (const [name, queue, pods] of [
      ["nowhere", "nobody", 1],
      ["shut", "closed", 1],
      ["huge", "small", 4],
    ] as const) {
      const run = await endOf(product, (await submit(product, application(name, gang(queue, pods)))).id, 120);
      const { phase, reason } = onlyJob(run);
      expect([name, phase]).toEqual([name, "rejected"]);
      expect(reason.message).toContain(queue);
    }
    const left = await listed(raw, `/apis/batch/v1/namespaces/${namespace}/jobs`);
    expect(left.filter((job) => !JSON.stringify(job).includes('"Complete"'))).toEqual([]);
  });
});
