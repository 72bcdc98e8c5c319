// The view is updated by single events. In whatever order they come, it must show the pods that exist now.
import fc from "fast-check";
import { expect, it } from "vitest";
import { type ClusterView, createClusterView } from "../../../src/capacity/view/clusterView.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { pod } from "../world.ts";

const anyPod = fc
  .record({
    name: fc.integer({ min: 0, max: 8 }),
    node: fc.integer({ min: 0, max: 2 }),
    app: fc.constantFrom("a", "b"),
    cpu: fc.constantFrom("100m", "1", "2500m"),
    state: fc.constantFrom("bound", "nominated", "waiting", "ended"),
    keepsOff: fc.boolean(),
  })
  .map(({ name, node, app, cpu, state, keepsOff }): Manifest => {
    const term = { labelSelector: { matchLabels: { app } }, topologyKey: "kubernetes.io/hostname" };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    const status = {
      ...(state === "nominated" ? { nominatedNodeName: `n${node}` } : {}),
      phase: state === "ended" ? "Succeeded" : "Running",
    };
    const on = state === "bound" || state === "ended" ? { on: `n${node}` } : {};
    const spec = keepsOff ? { affinity } : {};
    return pod(`p${name}`, { requests: { cpu }, labels: { app }, spec, status, ...on });
  });

const anyEvent = fc.oneof(
  fc.record({ type: fc.constant("put" as const), pod: anyPod }),
  fc.record({ type: fc.constant("remove" as const), pod: anyPod }),
  fc.record({
    type: fc.constant("list" as const),
    pods: fc.uniqueArray(anyPod, { selector: (one) => one.metadata.name }),
  }),
);

function picture(view: ClusterView): unknown {
  const sorted = (values: Iterable<unknown>): readonly string[] => [...values].map((one) => JSON.stringify(one)).sort();
  const kinds = (all: Iterable<{ kind: unknown; nodes: ReadonlyMap<string, number> }>): readonly string[] =>
    sorted([...all].map(({ kind, nodes }) => [kind, sorted(nodes)]));
  const occupancy = ["n0", "n1", "n2"].map((node) => {
    const { used, kinds: own, nominated } = view.occupancy(node);
    return [sorted([...used].filter(([, amount]) => amount !== 0)), sorted(own), sorted(nominated)];
  });
  return { occupancy, kinds: kinds(view.kinds()), keepingOff: kinds(view.keepingOff()), count: view.podCount() };
}

it("is the same after any events as after a list of what is left", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      const [view, there] = [createClusterView(), new Map<string, Manifest>()];
      for (const event of events) {
        if (event.type === "list") {
          there.clear();
          view.beginPods();
          event.pods.forEach((one) => (there.set(one.metadata.name, one), view.putPod(one)));
          view.endPods();
        } else if (event.type === "put") {
          there.set(event.pod.metadata.name, event.pod);
          view.putPod(event.pod);
        } else {
          there.delete(event.pod.metadata.name);
          view.removePod(event.pod);
        }
      }
      const fresh = createClusterView();
      fresh.replacePods([...there.values()]);
      expect(picture(view)).toEqual(picture(fresh));
    }),
  );
});
