// Preemption: the scheduler evicts pods of lower priority for a pod, so what those pods have counts as free for it.
// PodDisruptionBudgets change nothing here, because the scheduler only tries to respect them when it evicts.
import { addTo } from "../kubernetes/amounts.ts";
import type { ClusterView } from "../view/clusterView.ts";
import type { PodShape } from "../view/podFacts.ts";
import type { CountedKind, Occupancy } from "../view/podTable.ts";

/**
 * The cluster as it would be without pods of lower priority; `undefined` when there are none, or when the pod does not
 * preempt.
 */
export function withoutLower(view: ClusterView, { priority, preempts }: PodShape): ClusterView | undefined {
  if (!preempts) return undefined;
  const stays = ({ kind }: Pick<CountedKind, "kind">): boolean => kind.priority >= priority;
  const kinds = [...view.kinds()].filter(stays);
  if (kinds.length === [...view.kinds()].length) return undefined;
  const known = new Map<string, Occupancy>();
  return {
    ...view,
    kinds: () => kinds,
    keepingOff: () => [...view.keepingOff()].filter(stays),
    occupancy: (node) => {
      const before = known.get(node) ?? only(view.occupancy(node), priority);
      known.set(node, before);
      return before;
    },
  };
}

function only(occupancy: Occupancy, priority: number): Occupancy {
  const kinds = new Map([...occupancy.kinds].filter(([kind]) => kind.priority >= priority));
  const used = new Map<string, number>();
  for (const [kind, pods] of kinds) addTo(used, kind.requests, pods);
  return { ...occupancy, kinds, used };
}
