// Tests a middleware that works by webhooks: it names another scheduler for pods that ask for a part of a card, counts
// the cards of a namespace itself, and sometimes denies the first try. The webhook is the test's own. It also binds the
// pods to the node, as the middleware's scheduler would.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/engine/systemClock.ts";
import { type Connection, openConnection } from "../../src/kube/reach/connection.ts";
import { findTarget } from "../../src/kube/reach/kubeconfig.ts";
import { labelsAt, objectAt } from "../../src/model/data/fieldReaders.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import { type Admission, startAdmission } from "../middleware/admissionServer.ts";
import type { Stoppable } from "../middleware/stoppable.ts";
import { endOf, eventOf, hasReason, historyOf, jobOf, submit } from "./support/asking.ts";
import { type Application, task } from "./support/documents.ts";
import { contextName, kubeconfig } from "./support/environment.ts";
import { apply, dropNamespace, kubectl, makeNamespace } from "./support/kubectl.ts";
import { type Event, type Product, startProduct } from "./support/product.ts";

// A card of 16 MiB, because the trait `gpu` limits the amount of a resource.
const CARD = { id: "GPU-e2e", count: 10, devmem: 16, devcore: 100, type: "NVIDIA-T4", numa: 0, mode: "" };
const MEMORY = "nvidia.com/gpumem";
const REGISTER = "hami.io/node-nvidia-register";
const NOT_FOUND = 'Job.batch "once" not found';

let product: Product;
let namespace: string;
let node: string;
let raw: Connection;
let webhook: Stoppable;
/** By application: how often the webhook denies its pods, and with which words. */
const denials = new Map<string, { left: number; readonly words: string }>();

function admit(pod: JsonObject, isDryRun: boolean): Admission {
  const application = labelsAt(pod, "metadata", "labels")["kubemin.dev/application"] ?? "";
  const denial = denials.get(application);
  if (denial !== undefined && denial.left > 0) {
    denial.left -= 1;
    return { denied: denial.words };
  }
  const memory = /"nvidia.com\/gpumem":"(\d+)"/.exec(JSON.stringify(pod["spec"]))?.[1];
  if (memory === undefined) return { object: pod };
  const spec = { ...objectAt(pod, "spec"), schedulerName: "hami-scheduler" };
  if (isDryRun) return { object: { ...pod, spec } };
  const share = { "hami.io/vgpu-node": node, "hami.io/vgpu-devices-allocated": `${CARD.id},NVIDIA,8,0:;` };
  const annotations = { ...labelsAt(pod, "metadata", "annotations"), ...share };
  return {
    object: { ...pod, spec: { ...spec, nodeName: node }, metadata: { ...objectAt(pod, "metadata"), annotations } },
  };
}

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
  const names = (await kubectl(["get", "nodes", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
  node = names.find((name) => !name.startsWith("kwok")) ?? "";
  const register = `${REGISTER}=${JSON.stringify([{ ...CARD, health: true }])}`;
  await kubectl(["annotate", "node", node, "--overwrite", register]);
  await kubectl(["label", "namespace", namespace, `admission=${namespace}`]);
  const where = { name: "admission", kubeconfig: kubeconfig(), context: contextName() };
  raw = openConnection("admission", await findTarget(where), systemClock);
  webhook = await startAdmission(raw, {
    name: "vgpu.hami.io",
    apiGroup: "",
    resource: "pods",
    namespaceLabels: { admission: namespace },
    admit: (pod, { isDryRun }) => admit(pod, isDryRun),
  });
});

afterAll(async () => {
  await webhook?.stop();
  await raw?.close();
  await product?.stop();
  await dropNamespace(namespace);
  await kubectl(["annotate", "node", node, `${REGISTER}-`]);
});

function application(name: string, memory: number, text = "true"): Application {
  const traits = memory === 0 ? {} : { gpu: { count: memory, resource: MEMORY } };
  return { name, namespace, components: [task("train", text, { traits })] };
}

const start = async (name: string, memory: number, text?: string): Promise<string> =>
  (await submit(product, application(name, memory, text))).id;
const phasesOf = (events: readonly Event[]) =>
  events.filter((one) => one.type === "job.changed").map((one) => one.data["phase"]);

describe("pods that a webhook changes", () => {
  it("are judged as the cluster would have them: a part of a card fits, and a part that is larger than the card never does", async () => {
    const [small, large] = await Promise.all([start("part", 8), start("too-large", 40)]);
    expect((await endOf(product, small, 30)).phase).toBe("succeeded");
    expect(jobOf(await endOf(product, large, 30), "train").phase).toBe("rejected");
    const planned = product.file("planned.json", JSON.stringify(application("planned", 8)));
    const { stdout, stderr } = await product.kubemin("plan", planned);
    expect(stdout + stderr).not.toContain("NeverRoom");
  });

  it("wait while the quota of the middleware is in use, and are refused with its numbers when it is too small", async () => {
    const spec = { hard: { [`limits.${MEMORY}`]: "12" } };
    await apply(namespace, { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "cards" }, spec });
    const holder = await start("holder", 8, "trap 'exit 0' TERM; sleep 600 & wait");
    await eventOf(product, holder, (event) => hasReason(event, "train", "TaskRunning"), 30);
    denials.set("waiter", { left: 3, words: "exceeding resource quota" });
    const [waiter, never] = await Promise.all([start("waiter", 8), start("never", 13)]);
    expect(jobOf(await endOf(product, never, 30), "train")).toMatchObject({
      phase: "rejected",
      reason: { code: "QuotaTooSmall", params: { quota: "cards", limited: `limits.${MEMORY}=12` } },
    });
    const waits = await eventOf(product, waiter, (event) => hasReason(event, "train", "QuotaBusy"), 30);
    const { phase, reason } = waits.data as { phase: string; reason: { message: string } }; // see hasReason
    expect(phase).toBe("pending");
    expect(reason.message).toContain("used by holder/train");
    await product.client.call("cancelRun", { params: { project: "default", run: holder } });
    expect((await endOf(product, waiter, 60)).phase).toBe("succeeded");
    await kubectl(["-n", namespace, "delete", "resourcequota", "cards"]);
  });
});

describe("denials of a webhook", () => {
  it("pass when the next try is allowed, in the dry run and for the pod of the Job, and are final when they last", async () => {
    // One for the dry run and one for the controller.
    denials.set("once", { left: 2, words: NOT_FOUND });
    denials.set("always", { left: 10_000, words: "no image tag latest" });
    const began = Date.now();
    const [once, always] = await Promise.all([start("once", 0), start("always", 0)]);
    const history = await historyOf(product, once);
    expect(history.filter((event) => hasReason(event, "train", "PolicyDenied")).map((one) => one.data)).toContainEqual(
      expect.objectContaining({
        phase: "pending",
        reason: expect.objectContaining({ params: { detail: expect.stringContaining(NOT_FOUND) } }),
      }),
    );
    expect(phasesOf(history)).not.toContain("rejected");
    expect((await endOf(product, once)).phase).toBe("succeeded");
    const refused = jobOf(await endOf(product, always, 60), "train");
    expect(refused).toMatchObject({ phase: "rejected", reason: { code: "PolicyDenied" } });
    expect(Date.now() - began).toBeGreaterThan(15_000);
  });
});
