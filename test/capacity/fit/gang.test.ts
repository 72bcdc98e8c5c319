// Pods that must run at the same time, compared with every way to place them. The clusters are small, so that all ways
// can be tried.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCapacity } from "../../../src/capacity/check.ts";
import { createReservations } from "../../../src/capacity/waiting/reservations.ts";
import type { CapacityVerdict, PodGroup } from "../../../src/model/kubernetes/capacity.ts";
import { GPU, node, pod, viewOf } from "../world.ts";

interface Size {
  readonly cpu: number;
  readonly gpus: number;
}
interface Asked extends Size {
  readonly count: number;
}

const size = (most: number): fc.Arbitrary<Size> =>
  fc.record({ cpu: fc.integer({ min: 1, max: most }), gpus: fc.integer({ min: 0, max: most }) });
const cluster = fc.array(fc.record({ has: size(4), used: fc.integer({ min: 0, max: 4 }) }), {
  minLength: 1,
  maxLength: 3,
});
const gang = fc
  .array(fc.tuple(size(3), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 2 })
  .map((groups) => groups.map(([one, count]): Asked => ({ ...one, count })));

type Nodes = readonly { readonly has: Size; readonly used: number }[];

const limits = ({ cpu, gpus }: Size) => ({ cpu: String(cpu), ...(gpus > 0 ? { [GPU]: String(gpus) } : {}) });

function verdictFor(nodes: Nodes, groups: readonly Asked[], spec: object = {}): CapacityVerdict {
  const view = viewOf(
    nodes.map(({ has }, index) => node(`n${index}`, { cpu: String(has.cpu), gpus: has.gpus })),
    nodes.flatMap(({ has, used }, index) =>
      Math.min(used, has.cpu) === 0
        ? []
        : [pod(`u${index}`, { on: `n${index}`, limits: { cpu: String(Math.min(used, has.cpu)) } })],
    ),
  );
  const asked = groups.map(
    ({ count, ...one }, index): PodGroup => ({
      pod: pod(`g${index}`, { limits: limits(one), labels: { gang: "yes" }, spec: { ...spec } }),
      count,
    }),
  );
  return checkCapacity({ groups: asked, project: "mine" }, { view, reservations: createReservations(view), now: 0 });
}

/** Whether the pods find a place together. Every combination of places is tried. */
function canStand(free: readonly Size[], pods: readonly Size[], apart: boolean): boolean {
  const [first, ...others] = pods;
  if (first === undefined) return true;
  return free.some(({ cpu, gpus }, index) => {
    if (first.cpu > cpu || first.gpus > gpus) return false;
    const left = apart ? free.toSpliced(index, 1) : free.with(index, { cpu: cpu - first.cpu, gpus: gpus - first.gpus });
    return canStand(left, others, apart);
  });
}

const podsOf = (groups: readonly Asked[]): readonly Size[] =>
  groups.flatMap(({ count, ...one }) => Array.from({ length: count }, () => one));
const freeOf = (nodes: Nodes): readonly Size[] =>
  nodes.map(({ has, used }) => ({ cpu: Math.max(0, has.cpu - used), gpus: has.gpus }));
const emptyOf = (nodes: Nodes): readonly Size[] => nodes.map(({ has }) => has);

const APART = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { gang: "yes" } } },
      ],
    },
  },
};

describe("pods that must run at the same time", () => {
  it("never get the answer `fits` where they do not fit together, and never refused where an empty cluster could take them", () => {
    fc.assert(
      fc.property(cluster, gang, (nodes, groups) => {
        const { class: said } = verdictFor(nodes, groups);
        if (said === "fits") expect(canStand(freeOf(nodes), podsOf(groups), false)).toBe(true);
        if (said === "rejected") expect(canStand(emptyOf(nodes), podsOf(groups), false)).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it("of one kind: the answer is exact, also when no two of them may share a node", () => {
    fc.assert(
      fc.property(cluster, gang, fc.boolean(), (nodes, [group], apart) => {
        const groups = group === undefined ? [] : [group];
        const { class: said } = verdictFor(nodes, groups, apart ? APART : {});
        const [now, ever] = [freeOf(nodes), emptyOf(nodes)].map((free) => canStand(free, podsOf(groups), apart));
        if (now) expect(said).toBe("fits");
        else expect(["waits", "rejected"]).toContain(said);
        if (ever) expect(said).not.toBe("rejected");
        else expect(said).toBe("rejected");
      }),
      { numRuns: 400 },
    );
  });
});
