// Room for an overdue request: the free amounts on the nodes that are nearest to having room for it, though they are
// not enough yet. Younger requests use other nodes or wait, so that room on these nodes adds up instead of going to one
// small job after another. It does not reserve devices of drivers or HAMi's shares, and pods of other tools may still
// take the room.

import { nearestFirst } from "../explain/shortages.ts";
import type { FitContext } from "../fit/nodeFit.ts";
import type { Survey } from "../fit/survey.ts";
import { addTo } from "../kubernetes/amounts.ts";
import { amountsOnly } from "./expectedPod.ts";
import type { ReservedPod } from "./reservedView.ts";

export function partialPlaces(found: Survey, around: FitContext): readonly ReservedPod[] {
  const places: ReservedPod[] = [];
  let left = found.count;
  for (const { node, ever, soft } of nearestFirst(found.suitable)) {
    if (left === 0) break;
    // It is not known when such a node becomes ready again.
    if (soft.some(({ kind }) => kind === "notReady")) continue;
    const pods = Math.min(left, ever);
    const free = new Map(node.allocatable);
    addTo(free, around.view.occupancy(node.name).used, -1);
    const kept = [...found.shape.requests].map(([resource, amount]) => {
      const most = Math.max(0, free.get(resource) ?? 0);
      return [resource, Math.min(most, amount * pods)] as const;
    });
    places.push({ node: node.name, kind: amountsOnly(found.shape, new Map(kept)), hami: [], devices: [] });
    left -= pods;
  }
  return places;
}
