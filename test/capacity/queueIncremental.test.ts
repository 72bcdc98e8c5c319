// Looking only at what changed gives the same answers as looking at everything.
import fc from "fast-check";
import { expect, it } from "vitest";
import { createCapacityQueue } from "../../src/capacity/capacityQueue.ts";
import { checkCapacity } from "../../src/capacity/check.ts";
import type { ClusterView } from "../../src/capacity/view/clusterView.ts";
import { createReservations } from "../../src/capacity/waiting/reservations.ts";
import type { JsonObject } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { GPU, node, pod, viewOf } from "./world.ts";

const NODES = ["n0", "n1"] as const;
const on = fc.constantFrom(...NODES);
const app = fc.constantFrom("web", "db");

const apart = (label: string): JsonObject => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: label } } },
    ],
  },
});
const spread = (label: string): readonly JsonObject[] => [
  {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "DoNotSchedule",
    labelSelector: { matchLabels: { app: label } },
  },
];

const shape = fc.record({
  gpus: fc.integer({ min: 0, max: 4 }),
  cpu: fc.constantFrom("1", "3", "8"),
  app,
  priority: fc.constantFrom(0, 0, 0, 5),
  rule: fc.constantFrom("none", "none", "none", "apart", "spread", "port"),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function made(name: string, { gpus, cpu, app: label, priority, rule }: Shape, where?: string): Manifest {
  const one = pod(name, {
    labels: { app: label },
    requests: { cpu },
    limits: gpus === 0 ? {} : { [GPU]: String(gpus) },
    ...(where === undefined ? {} : { on: where }),
    spec: {
      priority,
      ...(rule === "apart" ? { affinity: apart(label) } : {}),
      ...(rule === "spread" ? { topologySpreadConstraints: spread(label) } : {}),
    },
  });
  if (rule !== "port") return one;
  const [container] = (one["spec"] as { containers: JsonObject[] }).containers; // made by `pod`
  const ports = [{ containerPort: 80, hostPort: 8080 }];
  return { ...one, spec: { ...(one["spec"] as JsonObject), containers: [{ ...container, ports }] } }; // made by `pod`
}

const event = fc.oneof(
  fc.record({ what: fc.constant("pod"), name: fc.nat(8), shape, on }),
  fc.record({ what: fc.constant("gone"), name: fc.nat(5), shape, on }),
  fc.record({ what: fc.constant("gone"), name: fc.nat(5), shape, on }),
  fc.record({ what: fc.constant("node"), on, gpus: fc.integer({ min: 0, max: 4 }), cordoned: fc.boolean() }),
  fc.record({ what: fc.constant("noNode"), on }),
  fc.record({ what: fc.constant("quota"), most: fc.integer({ min: 0, max: 9 }), used: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ what: fc.constant("noQuota") }),
  fc.record({ what: fc.constant("come"), name: fc.nat(9), shape, count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ what: fc.constant("come"), name: fc.nat(9), shape, count: fc.constant(1) }),
  fc.record({ what: fc.constant("leave"), name: fc.nat(9) }),
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const quota = (most: number, used: number): JsonObject => {
  const name = `requests.${GPU}`;
  const hard = { [name]: String(most) };
  return {
    metadata: { namespace: "default", name: "q" },
    spec: { hard },
    status: { hard, used: { [name]: String(used) } },
  };
};

function happen(view: ClusterView, one: Event): void {
  if ("what" in one && one.what === "pod" && "shape" in one && "on" in one)
    view.putPod(made(`p${one.name}`, one.shape, one.on));
  else if (one.what === "gone" && "name" in one) view.removePod(pod(`p${one.name}`));
  else if ("cordoned" in one) view.putNode(node(one.on, { gpus: one.gpus, cpu: "8", cordoned: one.cordoned }));
  else if (one.what === "noNode" && "on" in one) view.removeNode(one.on);
  else if ("most" in one) view.namespaces.putQuota(quota(one.most, one.used));
  else if (one.what === "noQuota") view.namespaces.removeQuota(quota(0, 0));
}

it("tells every request after every event what a check of the whole cluster would tell", () => {
  fc.assert(
    fc.property(
      fc.array(shape, { minLength: 6, maxLength: 6 }),
      fc.array(event, { minLength: 15, maxLength: 40 }),
      (held, events) => {
        const view = viewOf(NODES.map((name) => node(name, { gpus: 4, cpu: "8" })));
        held.forEach((one, index) => view.putPod(made(`p${index}`, one, NODES[index % 2])));
        const reservations = createReservations(view);
        const queue = createCapacityQueue();
        const waiting = new Map<string, { readonly shape: Shape; readonly count: number }>();
        const changesWithGrants = (id: string): boolean =>
          waiting.get(id)?.shape.rule === "spread" && !reservations.isEmpty();
        const requestOf = (id: string) => {
          const found = waiting.get(id);
          return {
            groups: found === undefined ? [] : [{ pod: made(id, found.shape), count: found.count }],
            project: `project-${id.charCodeAt(1) % 2}`,
            ticket: { id, since: id.charCodeAt(1), name: id },
          };
        };
        events.forEach((one, step) => {
          happen(view, one);
          const state = { view, reservations, now: step * 10_000 };
          if (one.what === "come" && "count" in one) {
            waiting.set(`w${one.name}`, { shape: one.shape, count: one.count });
            queue.ask(requestOf(`w${one.name}`), state);
          }
          if (one.what === "leave" && "name" in one) {
            waiting.delete(`w${one.name}`);
            queue.leave(`w${one.name}`);
            reservations.releaseTicket(`w${one.name}`);
          }
          const [first] = waiting.keys();
          if (first === undefined) return;
          // One of them asks; the others got their answers in the same pass.
          queue.ask(requestOf(first), state);
          // Room that was granted in the pass counts in a spread. That is looked at when the pods of the grant come.
          for (const { id } of queue
            .lines(state)
            .all()
            .filter((other) => !changesWithGrants(other.id)))
            expect([id, step, checkCapacity(requestOf(id), state).class]).toEqual([id, step, "waits"]);
          for (const id of waiting.keys()) {
            const told = queue.ask(requestOf(id), state).class;
            const { class: whole, reason: why } = checkCapacity(requestOf(id), state);
            // Both are true when room was granted to another request after this one was judged: that room counts in a
            // spread, and in a quota, which is looked at before the nodes.
            if (changesWithGrants(id)) continue;
            if (told === "rejected" && why.code === "QuotaBusy") continue;
            expect([id, step, told]).toEqual([id, step, whole]);
          }
        });
      },
    ),
    { numRuns: 200 },
  );
});
