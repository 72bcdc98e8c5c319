// Jobs in the queues of the real Kueue: what they wait for, what refuses them, and what they wait for after the queue
// has admitted them. The test has a cluster of its own, because Kueue's webhooks see every Job and pod of a cluster.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../src/model/data/json.ts";
import { startCluster, stopCluster } from "../../tools/cluster/instance.ts";
import { WORKING_TIME } from "../../tools/cluster/simulation.ts";
import { readState } from "../../tools/cluster/state.ts";
import { endOf, eventOf, hasReason, historyOf, isPhase, jobOf, PROJECT, submit } from "./support/asking.ts";
import { type Application, script } from "./support/documents.ts";
import { apply, kubectl, makeNamespace } from "./support/kubectl.ts";
import { type Product, type Run, startProduct } from "./support/product.ts";

const CLUSTER = "queues";
const MODEL = "queue.example/model";
const TAINT = { key: "kwok.x-k8s.io/node", operator: "Exists" };

const before = readState(CLUSTER) !== undefined;
let product: Product;
let namespace: string;

beforeAll(async () => {
  const report = (line: string): boolean => process.stderr.write(`cluster: ${line}\n`);
  const cluster = await startCluster({
    name: CLUSTER,
    simulatedNodes: 4,
    gpusPerSimulatedNode: 8,
    kueue: true,
    report,
  });
  process.env["KUBEMIN_TEST_KUBECONFIG"] = cluster.kubeconfig;
  process.env["KUBEMIN_TEST_KUBECTL"] = cluster.kubectl;
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
  await kubectl(["label", "--overwrite", "node", "kwok-0", "kwok-1", `${MODEL}=a100`]);
  await kubectl(["label", "--overwrite", "node", "kwok-2", "kwok-3", `${MODEL}=a10`]);
  await kubectl(["label", "--overwrite", "node", `kubemin-${CLUSTER}`, `${MODEL}=none`]);
  await apply(namespace, flavor("a100"), flavor("a10"), flavor("none"));
  await apply(namespace, ...queue("a", { a100: 8 }, { cohortName: "ai", preemption: { reclaimWithinCohort: "Any" } }));
  await apply(namespace, ...queue("b", { a100: 8 }, { cohortName: "ai" }));
  await apply(namespace, ...queue("c", { a10: 16 }), ...queue("small", { a10: 4 }), ...queue("plain", { none: 0 }));
  await apply(namespace, ...queue("held", { a10: 8 }, { stopPolicy: "Hold" }));
}, 900_000);

afterAll(async () => {
  await product?.stop();
  if (!before) await stopCluster(CLUSTER);
});

const API = "kueue.x-k8s.io/v1beta2";
const flavor = (name: string): object => ({
  apiVersion: API,
  kind: "ResourceFlavor",
  metadata: { name },
  spec: { nodeLabels: { [MODEL]: name }, tolerations: [TAINT] },
});

/** A ClusterQueue with GPUs of these flavors, one cpu, and much of everything else, and a LocalQueue of that name. */
function queue(name: string, gpus: Readonly<Record<string, number>>, more: JsonObject = {}): readonly object[] {
  const amounts = { memory: "1Ti", "ephemeral-storage": "1Ti" };
  const flavors = Object.entries(gpus).map(([of, count]) => ({
    name: of,
    resources: Object.entries({ cpu: count === 0 ? "1" : "100", ...amounts, "nvidia.com/gpu": count }).map(
      ([resource, nominalQuota]) => ({ name: resource, nominalQuota }),
    ),
  }));
  const coveredResources = ["cpu", "memory", "ephemeral-storage", "nvidia.com/gpu"];
  const resourceGroups = [{ coveredResources, flavors }];
  const spec = { namespaceSelector: {}, resourceGroups, ...more };
  return [
    { apiVersion: API, kind: "ClusterQueue", metadata: { name }, spec },
    { apiVersion: API, kind: "LocalQueue", metadata: { name, namespace }, spec: { clusterQueue: name } },
  ];
}

interface Wish {
  readonly queue: string;
  readonly gpus?: number;
  readonly model?: string;
  readonly seconds?: number;
  readonly more?: { readonly [field: string]: Json };
  readonly properties?: JsonObject;
}

/** A task on simulated nodes with GPUs, or on the real node without. */
function job(
  name: string,
  { queue: of, gpus = 0, model = "none", seconds = 0, more = {}, properties }: Wish,
): Application {
  const delay = { [WORKING_TIME]: `${seconds}s` };
  const traits = {
    ...(gpus > 0 ? { gpu: { count: gpus } } : { resources: { cpu: "0.9", memory: "64Mi" } }),
    placement: { nodes: { [MODEL]: model }, ...(gpus > 0 && { tolerations: [TAINT] }) },
    metadata: { objects: { labels: { "kueue.x-k8s.io/queue-name": of } }, pods: { annotations: delay } },
  };
  const work = properties ?? script(`trap 'exit 0' TERM; sleep ${seconds} & wait`);
  return { name, namespace, components: [{ name: "train", type: "task", properties: work, traits, ...more }] };
}

const until = (run: Run, code: string) => eventOf(product, run.id, (event) => hasReason(event, "train", code), 60);
const cancel = (run: Run) => product.client.call("cancelRun", { params: { project: PROJECT, run: run.id } });
const now = async (run: Run) =>
  jobOf(await product.client.call("getRun", { params: { project: PROJECT, run: run.id } }), "train");
const start = (name: string, wish: Wish): Promise<Run> => submit(product, job(name, wish));
const ended = async (run: Run) => jobOf(await endOf(product, run.id, 90), "train");

describe.concurrent("a job in a queue of Kueue", () => {
  it("waits for quota with its place, gives up as expired, and never 'could not start'", async () => {
    const holder = await start("holder", { queue: "plain", seconds: 600 });
    await until(holder, "TaskRunning");
    const [gone, hasty] = await Promise.all([
      start("gone", { queue: "plain", more: { clocks: { queue: "5s" } } }),
      start("hasty", { queue: "plain", more: { onShort: "fail" } }),
    ]);
    await until(gone, "QueueQuotaBusy");
    const waiting = await now(gone);
    expect(waiting.phase).toBe("pending");
    expect(waiting.reason.message).toBe(
      "waits in queue plain for quota that is in use; more is needed of none: 800m cpu",
    );
    expect(waiting.evidence.map((one) => one.text).join("\n")).toMatch(/^[12] of [12] in queue plain$/m);
    expect(await ended(gone)).toMatchObject({ phase: "expired", reason: { code: "GaveUpWaiting" } });
    const refused = await ended(hasty);
    expect(refused).toMatchObject({ phase: "expired", reason: { code: "DidNotWait" } });
    expect(refused.reason.message).toContain("waits in queue plain for quota");
    await cancel(holder);
    await endOf(product, holder.id);
    const lucky = await start("lucky", { queue: "plain", more: { onShort: "fail" } });
    expect((await ended(lucky)).phase).toBe("succeeded");
    const properties = { ...script("true"), image: "registry.example.com/team/train:20gb" };
    const pull = await start("image", { queue: "plain", properties, more: { clocks: { start: "8s" } } });
    const end = await ended(pull);
    expect(end.phase).toBe("start-failed");
    expect(end.reason.message).toContain("registry.example.com/team/train:20gb");
  });

  it("that was admitted and finds no node tells the scheduler's words, on the clock of the scheduler", async () => {
    const holders = await Promise.all(
      ["kwok-2", "kwok-3"].map((node) => kubectl(["apply", "-f", "-"], JSON.stringify(plainPod(node)))),
    );
    expect(holders).toHaveLength(2);
    const run = await start("frag", {
      queue: "c",
      gpus: 8,
      model: "a10",
      more: { clocks: { queue: "5m", schedule: "4s", start: "40s" } },
    });
    await until(run, "Unschedulable");
    const end = await ended(run);
    expect(end).toMatchObject({ phase: "expired", reason: { code: "NeverScheduled" } });
    expect(end.reason.message).toContain("insufficient nvidia.com/gpu");
  });

  it.each([
    [
      "that asks for more than the queue may ever have",
      { queue: "small", gpus: 8, model: "a10" },
      "QueueTooSmall",
      "it asks for 8 nvidia.com/gpu, and the most that the queue may have is 4 nvidia.com/gpu (a10)",
    ],
    ["that no flavor of the queue is for", { queue: "a", gpus: 1, model: "a10" }, "QueueNoFlavor", "a100"],
    ["whose queue does not exist", { queue: "nobody", gpus: 1, model: "a10" }, "QueueMissing", "LocalQueue/nobody"],
    ["whose queue an operator holds", { queue: "held", gpus: 1, model: "a10" }, "QueueClosed", "ClusterQueue/held"],
  ])("%s is refused", async (_, wish, code, words) => {
    const name = code.toLowerCase();
    if (code === "QueueMissing" || code === "QueueClosed") {
      const planned = await product.kubemin("plan", product.file(`${name}.json`, JSON.stringify(job(name, wish))));
      // The plan names the nearest queues that exist for one that does not.
      const planWords = code === "QueueMissing" ? "LocalQueue nobody" : words;
      expect(planned.stdout + planned.stderr).toContain(planWords);
      expect(planned.code).toBe(3);
    }
    const run = await start(name, wish);
    const end = await ended(run);
    expect(end).toMatchObject({ phase: "rejected", reason: { code } });
    expect(end.reason.message).toContain(words);
  });

  it("that the queue evicts is pending again, and runs when its place is free", async () => {
    const wish = { gpus: 8, model: "a100" };
    const borrowers = await Promise.all(["b1", "b2"].map((name) => start(name, { ...wish, queue: "b", seconds: 12 })));
    await Promise.all(borrowers.map((run) => until(run, "TaskRunning")));
    const owner = await start("a1", { ...wish, queue: "a", seconds: 3 });
    const evicted = await Promise.race(borrowers.map(async (run) => (await until(run, "QueueEvicted"), run)));
    expect(await now(evicted)).toMatchObject({ phase: "pending" });
    expect((await ended(owner)).phase).toBe("succeeded");
    for (const run of borrowers) expect((await ended(run)).phase).toBe("succeeded");
    const events = await historyOf(product, evicted.id);
    expect(events.filter((event) => isPhase(event, "train", "pending")).length).toBeLessThan(8);
    expect(events.filter((event) => hasReason(event, "train", "Suspended"))).toEqual([]);
  });
});

const plainPod = (node: string): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: `holds-${node}`, namespace },
  spec: {
    nodeSelector: { "kubernetes.io/hostname": node },
    tolerations: [TAINT],
    containers: [{ name: "main", image: "x", resources: { limits: { "nvidia.com/gpu": 4 } } }],
  },
});
