// Handing over the number of replicas: the owner of the field decides what is sent, and under which field manager.
import { describe, expect, it } from "vitest";
import type { Call, Connection } from "../../../src/kube/reach/connection.ts";
import { handOverReplicas, releaseReplicas, takesFromAutoscaler } from "../../../src/kube/write/handOverReplicas.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { object } from "../fixtures.ts";

const owner = (manager: string): JsonObject => ({ manager, fieldsV1: { "f:spec": { "f:replicas": {} } } });
const live = (replicas: number, ...managers: readonly string[]): Manifest =>
  object({
    kind: "Deployment",
    apiVersion: "apps/v1",
    metadata: { managedFields: [{ manager: "other", fieldsV1: { "f:spec": {} } }, ...managers.map(owner)] },
    spec: { replicas },
  });
const wanted = (replicas?: number): Manifest =>
  object({ kind: "Deployment", apiVersion: "apps/v1", spec: replicas === undefined ? {} : { replicas } });

/** What was sent: the field manager and the number. */
async function sent(
  act: typeof handOverReplicas,
  before: Manifest,
  after: Manifest,
  dryRun = false,
): Promise<readonly unknown[]> {
  const calls: Call[] = [];
  const connection: Connection = {
    cluster: "test",
    call: (call) => {
      calls.push(call);
      return Promise.resolve({ status: 200, body: {} });
    },
    stream: () => Promise.reject(new Error("not needed")),
    retarget: () => undefined,
    breakerOpen: () => false,
    close: () => Promise.resolve(),
  };
  await act({ connection, path: "/d", live: before, wanted: after, signal: new AbortController().signal, dryRun });
  return calls.map((call) => [call.query?.["fieldManager"], call.body?.["spec"]]);
}

describe("the number of pods", () => {
  it.each<[string, Manifest, Manifest, readonly unknown[]]>([
    [
      "is held for the autoscaler when we alone said it",
      live(3, "kubemin"),
      wanted(),
      [["kubemin-scale", { replicas: 3 }]],
    ],
    ["stays when the autoscaler owns it already", live(3, "kubemin", "kube-controller-manager"), wanted(), []],
    ["stays when nobody owns it", live(3), wanted(), []],
    [
      "is taken from the autoscaler",
      live(4, "kube-controller-manager"),
      wanted(2),
      [["kubemin-scale", { replicas: 2 }]],
    ],
    ["is taken from our own hold", live(3, "kubemin-scale"), wanted(5), [["kubemin-scale", { replicas: 5 }]]],
    ["is not taken from a person", live(4, "kubectl"), wanted(2), []],
    ["is not taken when a person owns it, too", live(4, "kubectl", "kube-controller-manager"), wanted(2), []],
    ["needs nothing while it is ours", live(2, "kubemin"), wanted(3), []],
  ])("%s", async (_name, before, after, calls) => {
    expect(await sent(handOverReplicas, before, after)).toEqual(calls);
    expect(await sent(handOverReplicas, before, after, true)).toEqual([]);
  });

  it("has one owner again once we say it", async () => {
    const both = live(2, "kubemin", "kubemin-scale");
    expect(await sent(releaseReplicas, both, wanted(2))).toEqual([["kubemin-scale", undefined]]);
    expect(await sent(releaseReplicas, both, wanted())).toEqual([]);
    expect(await sent(releaseReplicas, live(2, "kubemin"), wanted(2))).toEqual([]);
  });

  it("is no conflict of a dry run when the real run would take it", () => {
    expect(takesFromAutoscaler(live(4, "kube-controller-manager"), wanted(2))).toBe(true);
    expect(takesFromAutoscaler(live(4, "kubectl"), wanted(2))).toBe(false);
    expect(takesFromAutoscaler(live(4, "kubemin"), wanted(2))).toBe(false);
  });
});
