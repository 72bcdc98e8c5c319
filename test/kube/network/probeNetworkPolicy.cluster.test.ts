// Whether the network of a real cluster enforces policies. The cluster that the tests create has a plug-in that ignores
// policies, and the probe must detect that; a cluster that the caller provides may enforce them.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../../src/engine/systemClock.ts";
import { connectCluster } from "../../../src/kube/cluster.ts";
import { probeNetworkPolicy } from "../../../src/kube/network/probeNetworkPolicy.ts";
import type { Cluster } from "../../../src/ports/cluster.ts";
import { contextName, kubeconfig } from "../../e2e/support/environment.ts";
import { tryKubectl } from "../../e2e/support/kubectl.ts";

let cluster: Cluster;
const name = `network-probe-${randomBytes(4).toString("hex")}`;

beforeAll(async () => {
  const where = { name: "test", kubeconfig: kubeconfig(), context: contextName() };
  cluster = await connectCluster({ ...where, clock: systemClock, log: { write: () => undefined } });
});
afterAll(async () => {
  await cluster.close();
});

it("says that policies are ignored where a denied program gets through, and leaves nothing behind", async () => {
  const options = { name, image: "busybox:1.36", signal: AbortSignal.timeout(120_000) };
  const verdict = await probeNetworkPolicy(cluster, options);
  // Set this variable when you provide a cluster whose network enforces policies.
  const expected = process.env["KUBEMIN_TEST_NETWORK"] ?? "ignored";
  expect(verdict).toEqual({ enforcement: expected, detail: "" });
  const { code } = await tryKubectl(["get", "namespace", name]);
  expect(code).not.toBe(0);
});

it("does not guess when its programs cannot run", async () => {
  const options = { name: `${name}-b`, image: "docker.io/library/not-there:1", signal: AbortSignal.timeout(120_000) };
  const { enforcement, detail } = await probeNetworkPolicy(cluster, options);
  expect(enforcement).toBe("unknown");
  expect(detail).toContain("Pod/server");
});
