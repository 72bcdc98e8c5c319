// Tests capacity on the real cluster. A pod that no node can take is refused immediately. A pod that needs occupied
// devices waits, starts by itself when they are free, and gives up after its time limit. The devices are an extended
// resource that the test adds to the node.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../src/model/data/json.ts";
import { endOf, eventOf, hasReason, jobOf, submit } from "./support/asking.ts";
import { type Application, script, task } from "./support/documents.ts";
import { apply, dropNamespace, get, kubectl, list, makeNamespace } from "./support/kubectl.ts";
import { type Product, type Run, startProduct } from "./support/product.ts";

const RESOURCE = `capacity.example/gpu-${randomBytes(3).toString("hex")}`;
const HELD = 2;

let product: Product;
let namespace: string;
let node: string;

const path = (field: string): string => `/status/${field}/${RESOURCE.replace("/", "~1")}`;

async function patchNode(patches: readonly object[]): Promise<void> {
  await kubectl(["patch", "node", node, "--subresource=status", "--type=json", "-p", JSON.stringify(patches)]);
}

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
  const names = (await kubectl(["get", "nodes", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
  node = names.find((name) => !name.startsWith("kwok")) ?? "";
  await patchNode(["capacity", "allocatable"].map((one) => ({ op: "add", path: path(one), value: String(HELD) })));
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
  await patchNode([{ op: "remove", path: path("capacity") }]).catch(() => undefined);
});

interface Wish {
  readonly count: number;
  readonly text?: string;
  readonly more?: { readonly [field: string]: Json };
}

const HOLDS = "trap 'exit 0' TERM; sleep 600 & wait";

function application(name: string, { count, text = "true", more = {} }: Wish): Application {
  const traits = { gpu: { count, resource: RESOURCE } };
  return { name, namespace, components: [task("train", text, { traits, ...more })] };
}

/** A run whose pod occupies all devices until the test ends it. */
async function holding(name: string): Promise<Run> {
  const run = await submit(product, application(name, { count: HELD, text: HOLDS }));
  await eventOf(product, run.id, (event) => hasReason(event, "train", "TaskRunning"));
  const pod = ["pod", "-l", `kubemin.dev/application=${name}`];
  await kubectl(["-n", namespace, "wait", ...pod, "--for=condition=Ready", "--timeout=60s"]);
  return run;
}

describe("room for a task", () => {
  it("what no node can take is refused at once, with a sentence, and told by the plan before", async () => {
    const document = application("too-large", { count: 8 });
    const planned = await product.kubemin("plan", product.file("too-large.json", JSON.stringify(document)));
    expect(planned.stdout + planned.stderr).toContain(`asks for 8 ${RESOURCE}, the largest node ${node} has ${HELD}`);
    expect(planned.code).toBe(3);
    const run = await endOf(product, (await submit(product, document)).id, 30);
    expect(run.phase).toBe("rejected");
    expect(jobOf(run, "train")).toMatchObject({
      phase: "rejected",
      reason: { code: "NeverFits", params: { need: `8 ${RESOURCE}`, node, have: String(HELD) } },
    });
  });

  it("waits for a device that another run holds, names it, and starts by itself when it is free", async () => {
    const holder = await holding("holder");
    const waiter = await submit(product, application("waiter", { count: 1 }));
    await eventOf(product, waiter.id, (event) => hasReason(event, "train", "CapacityShort"));
    const waiting = await product.client.call("getRun", { params: { project: "default", run: waiter.id } });
    const job = jobOf(waiting, "train");
    expect(job.phase).toBe("pending");
    expect(job.reason.message).toBe(
      `waits for room: asks for 1 ${RESOURCE} on one node, the best node ${node} has 0 free`,
    );
    const told = Object.fromEntries(job.evidence.map((one) => [one.object, one.text]));
    expect(told["holders"]).toBe("used by holder/train");
    expect(told["line"]).toBe(`1 of 1 in line for ${RESOURCE}`);
    const overview = JSON.parse((await product.kubemin("capacity", "-o", "json")).stdout);
    const flavor = overview.flavors.find((one: { flavor: string }) => one.flavor === RESOURCE);
    expect(flavor).toMatchObject({ total: String(HELD), free: "0", holders: { own: ["holder/train"], others: 0 } });
    expect(overview.waiting).toMatchObject([{ name: "waiter/train", flavor: RESOURCE, position: 1 }]);
    const why = await product.kubemin("why", "waiter/train");
    expect(why.stdout).toContain("waits for room");
    expect(why.stdout).toContain("used by holder/train");
    await product.client.call("cancelRun", { params: { project: "default", run: holder.id } });
    expect((await endOf(product, waiter.id)).phase).toBe("succeeded");
  });

  it("gives up after the time that the document allows, or does not wait at all", async () => {
    const holder = await holding("keeper");
    const patient = await submit(
      product,
      application("patient", { count: 1, more: { onShort: "wait-then-fail(2s)" } }),
    );
    const hasty = await submit(product, application("hasty", { count: 1, more: { onShort: "fail" } }));
    const given = await endOf(product, patient.id);
    expect(jobOf(given, "train")).toMatchObject({
      phase: "expired",
      reason: { code: "GaveUpWaiting", params: { limit: "2s" } },
    });
    expect(given.phase).toBe("expired");
    expect(jobOf(await endOf(product, hasty.id), "train")).toMatchObject({
      phase: "expired",
      reason: { code: "DidNotWait" },
    });
    await product.client.call("cancelRun", { params: { project: "default", run: holder.id } });
    await endOf(product, holder.id);
  });

  it("a quota that is too small refuses, one that is only in use lets wait", async () => {
    const hard = { [`requests.${RESOURCE}`]: "1" };
    await apply(namespace, {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "devices", namespace },
      spec: { hard },
    });
    await kubectl(["-n", namespace, "wait", "resourcequota/devices", "--for=jsonpath={.status.hard}", "--timeout=30s"]);
    const never = await endOf(product, (await submit(product, application("over-quota", { count: 2 }))).id);
    expect(jobOf(never, "train")).toMatchObject({ phase: "rejected", reason: { code: "QuotaTooSmall" } });
    const first = await submit(product, application("in-quota", { count: 1, text: HOLDS }));
    await kubectl([
      "-n",
      namespace,
      "wait",
      "resourcequota/devices",
      `--for=jsonpath={.status.used.requests\\.${RESOURCE.replaceAll(".", "\\.")}}=1`,
      "--timeout=60s",
    ]);
    const second = await submit(product, application("behind-quota", { count: 1 }));
    await eventOf(product, second.id, (event) => hasReason(event, "train", "QuotaBusy"));
    await product.client.call("cancelRun", { params: { project: "default", run: first.id } });
    expect((await endOf(product, second.id)).phase).toBe("succeeded");
    await kubectl(["-n", namespace, "delete", "resourcequota", "devices"]);
  });
});

describe("a task of several pods", () => {
  const gang = (name: string, count: number, more: Wish["more"] = {}): Application => {
    const work =
      'n=$(nslookup $KUBEMIN_FIRST 2>&1 | grep -c Address); echo "pod $JOB_COMPLETION_INDEX of $KUBEMIN_PODS"';
    const component = task(name, work, { traits: { gpu: { count: 1, resource: RESOURCE } }, ...more });
    return { name, namespace, components: [{ ...component, properties: { ...script(work), pods: count } }] };
  };

  it("starts all of them when there is room for all, and its log is that of all", async () => {
    const holder = await holding("before-gang");
    const document = gang("gang", HELD);
    const planned = await product.kubemin("plan", product.file("gang.json", JSON.stringify(document)));
    expect(planned.stdout + planned.stderr).toContain("places one at a time");
    const run = await submit(product, document);
    await eventOf(product, run.id, (event) => hasReason(event, "gang", "CapacityShort"));
    expect(await list(namespace, "jobs", "-l", "kubemin.dev/application=gang")).toEqual([]);
    await product.client.call("cancelRun", { params: { project: "default", run: holder.id } });
    expect((await endOf(product, run.id)).phase).toBe("succeeded");
    const log = await product.kubemin("logs", "gang/gang", "--run", "1");
    for (const index of [0, 1]) expect(log.stdout).toContain(`pod ${index} of ${HELD}`);
  });

  it("is refused when all nodes together could never take it", async () => {
    const run = await endOf(product, (await submit(product, gang("too-many", HELD + 1))).id, 30);
    expect(jobOf(run, "too-many")).toMatchObject({ phase: "rejected", reason: { code: "NeverTogether" } });
  });

  it("that the scheduler places only partly says so, gives up in time, and frees what it held", async () => {
    const holder = await submit(product, application("taker", { count: 1, text: HOLDS }));
    await eventOf(product, holder.id, (event) => hasReason(event, "train", "TaskRunning"));
    // The queue does not exist. kubemin leaves the decision to the cluster, whose scheduler places one pod after the
    // other.
    const metadata = { objects: { labels: { "kueue.x-k8s.io/queue-name": "nobody" } } };
    const gpu = { count: 1, resource: RESOURCE };
    const more = { clocks: { schedule: "3s" }, traits: { gpu, metadata } };
    const document = gang("partly", HELD, more);
    const [only] = document.components;
    const held = { ...document, components: [{ ...only, properties: { ...script(HOLDS), pods: HELD } }] };
    const run = await submit(product, held);
    await eventOf(product, run.id, (event) => hasReason(event, "partly", "PodsPartlyPlaced"));
    const job = jobOf(await endOf(product, run.id), "partly");
    expect(job).toMatchObject({ phase: "expired", reason: { code: "NeverScheduled", params: { limit: "3s" } } });
    expect(job.reason.message).toContain(`1 of ${HELD} pods`);
    await expect
      .poll(() => list(namespace, "pods", "-l", "kubemin.dev/application=partly"), { timeout: 60_000 })
      .toEqual([]);
    await product.client.call("cancelRun", { params: { project: "default", run: holder.id } });
    await endOf(product, holder.id);
  });
});

describe("a run that has ended", () => {
  it("holds no device when its image cannot be pulled: the next job starts at once, and a cancel finds nothing", async () => {
    const properties = { image: "registry.example.com/team/train:20gb", command: ["true"] };
    const traits = { gpu: { count: HELD, resource: RESOURCE } };
    const broken = { name: "broken", namespace, components: [{ name: "train", type: "task", properties, traits }] };
    const run = await endOf(product, (await submit(product, broken)).id);
    expect(run.phase).toBe("start-failed");
    expect(await list(namespace, "jobs,pods", "-l", "kubemin.dev/application=broken")).toEqual([]);
    const next = await endOf(product, (await submit(product, application("next", { count: HELD }))).id, 30);
    expect(next.phase).toBe("succeeded");
    const cancelled = await product.kubemin("cancel", "broken");
    expect(cancelled.stderr).toContain("holds nothing on the cluster");
  });

  it("leaves the names of a refused gang to other applications", async () => {
    const gangOf = (name: string, count: number): Application => {
      const component = task("team", "true", { traits: { gpu: { count: 1, resource: RESOURCE } } });
      return { name, namespace, components: [{ ...component, properties: { ...script("true"), pods: count } }] };
    };
    const refused = await endOf(product, (await submit(product, gangOf("first-team", HELD + 1))).id, 30);
    expect(refused.phase).toBe("rejected");
    expect(await list(namespace, "services,jobs", "-l", "kubemin.dev/application=first-team")).toEqual([]);
    expect((await endOf(product, (await submit(product, gangOf("second-team", HELD))).id)).phase).toBe("succeeded");
  });

  it("never starts later: a Job that a crash left is removed, and a cancel does it at once", async () => {
    const run = await endOf(product, (await submit(product, application("crashed", { count: 1 }))).id);
    const [finished] = await list(namespace, "jobs", "-l", "kubemin.dev/application=crashed");
    const left = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: {
        name: "left",
        namespace,
        labels: finished?.metadata.labels ?? {},
        annotations: { "kubemin.dev/attempt": `${run.id}/1` },
      },
      spec: {
        suspend: true,
        template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "busybox:1.36" }] } },
      },
    };
    await apply(namespace, left);
    await product.kubemin("cancel", "crashed");
    expect(await get(namespace, "job", "left")).toBeUndefined();
    await apply(namespace, left);
    await expect.poll(() => get(namespace, "job", "left"), { timeout: 60_000 }).toBeUndefined();
    expect(await list(namespace, "jobs", "-l", "kubemin.dev/application=crashed")).toHaveLength(1);
  }, 90_000);
});
