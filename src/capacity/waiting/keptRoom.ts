// Room kept for one who has waited too long: what is free on the nodes that come nearest to having room for it, though it is not enough yet.
// Whoever is younger goes elsewhere or waits, so that what ends on those nodes adds up, instead of going to one small job after the other.
// Not kept back: devices that are handed out by drivers or shared by HAMi, and what other people's pods take meanwhile.

import { nearestFirst } from "../explain/shortages.ts";
import type { Surroundings } from "../fit/nodeFit.ts";
import type { Survey } from "../fit/survey.ts";
import { addTo } from "../kubernetes/amounts.ts";
import type { Place } from "./reservations.ts";

export function partialPlaces(found: Survey, around: Surroundings): readonly Place[] {
  const places: Place[] = [];
  let left = found.count;
  for (const { node, ever, soft } of nearestFirst(found.suitable)) {
    if (left === 0) break;
    // Nobody can say when such a node comes back.
    if (soft.some(({ kind }) => kind === "notReady")) continue;
    const pods = Math.min(left, ever);
    const free = new Map(node.allocatable);
    addTo(free, around.view.occupancy(node.name).used, -1);
    for (const amounts of around.reserved.get(node.name) ?? []) addTo(free, amounts, -1);
    const kept = [...found.shape.requests].map(([resource, amount]) => {
      const most = Math.max(0, free.get(resource) ?? 0);
      return [resource, Math.min(most, amount * pods)] as const;
    });
    places.push({ node: node.name, requests: new Map(kept) });
    left -= pods;
  }
  return places;
}
