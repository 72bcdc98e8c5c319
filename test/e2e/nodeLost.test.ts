// Tests a lost node on a cluster of this test's own, whose only kubelet is stopped in the middle of a run. The cluster
// needs 50 s to report the node as lost. Then kubemin reports it in the waiting run and in `why`, and does not blame
// the program.
import { afterAll, beforeAll, expect, it } from "vitest";
import { dig } from "../../src/model/data/json.ts";
import { type RunningCluster, startCluster, stopCluster } from "../../tools/cluster/instance.ts";
import { signalProcess } from "../../tools/cluster/processes.ts";
import { readState } from "../../tools/cluster/state.ts";
import { endOf, eventOf, hasReason, newestRun, submit } from "./support/asking.ts";
import { type Application, worker } from "./support/documents.ts";
import { kubectl } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";
import { type Case, deployed, judged } from "./support/verdicts.ts";
import { isRecording, record, rowNamed, rowOf } from "./support/verdictTable.ts";

const CLUSTER = "lost";
const NODE = `kubemin-${CLUSTER}`;
let cluster: RunningCluster | undefined;
let product: Product;

beforeAll(async () => {
  const report = (line: string): boolean => process.stderr.write(`cluster: ${line}\n`);
  cluster = await startCluster({ name: CLUSTER, report });
  product = await startProduct({ kubeconfig: cluster.kubeconfig, context: `kubemin-${CLUSTER}` });
});

afterAll(async () => {
  await product?.stop();
  if (cluster !== undefined) await stopCluster(CLUSTER);
});

function signalKubelet(signal: NodeJS.Signals): void {
  const kubelet = readState(CLUSTER)?.processes["kubelet"];
  if (kubelet === undefined) throw new Error("the cluster has no kubelet");
  signalProcess(kubelet.pid, signal);
}

const LOST: Case = {
  name: { en: "node lost", zh: "节点失联" },
  job: "stranded",
  // The pod is ready immediately, but must stay ready for longer than the node lives.
  components: [worker("stranded", { timeout: "110s", traits: { rollout: { minReady: "100s" } } })],
  expected: {
    phase: "expired",
    code: "NodeLost",
    end: "GaveUpWaiting",
    who: "operator",
    en: new RegExp(`node ${NODE} does not answer: Kubelet stopped posting node status`),
    zh: new RegExp(`节点 ${NODE} 失去响应`),
    evidence: /Ready=Unknown NodeStatusUnknown/,
  },
};

const BEFORE: Application = { name: "before", namespace: "default", components: [worker("settled")] };

it("a node that falls silent in the middle of a run", { timeout: 300_000 }, async () => {
  expect((await product.kubemin("deploy", product.file("before.json", BEFORE), "--yes")).code).toBe(0);
  const application: Application = { name: LOST.job, namespace: "default", components: LOST.components };
  const { id } = await submit(product, application);
  const isRunning = (words: string): boolean => /0 of 1 replicas ready/.test(words);
  await eventOf(
    product,
    id,
    (event) => hasReason(event, LOST.job, "Progressing") && isRunning(String(dig(event.data["reason"], "message"))),
  );
  const pods = ["pod", "-l", `kubemin.dev/application=${LOST.job}`];
  // The test waits until the kubelet has reported the pod; otherwise the node would be lost before the pod exists.
  const there = ["--kubeconfig", cluster?.kubeconfig ?? "", "--context", `kubemin-${CLUSTER}`, "-n", "default"];
  await kubectl([...there, "wait", ...pods, "--for=condition=Ready", "--timeout=60s"]);
  signalKubelet("SIGSTOP");
  await endOf(product, id, 150);
  const verdict = await deployed(product, LOST.job);
  const found = await judged(verdict, LOST, "default");
  const { phase, code, end, who } = found;
  if (isRecording()) record([rowOf(found, "default")]);
  else expect(rowNamed(LOST.name)).toMatchObject({ phase, code, end, who });
  const why = await product.kubemin("why", "before/settled");
  expect(why.stdout, "what was ready before is degraded, and it is said why").toMatch(/settled.*does not answer/s);
  expect((await newestRun(product, "before")).phase).toBe("succeeded");
});

it("and when it is back, all is well again", { timeout: 180_000 }, async () => {
  signalKubelet("SIGCONT");
  // The run has not ended; it waits until the objects that it watches are ready.
  const result = await product.kubemin("deploy", product.file("before.json", BEFORE), "--yes");
  expect(result.code, result.stderr).toBe(0);
  expect((await product.kubemin("why", "before/settled")).stdout).not.toContain("does not answer");
});
