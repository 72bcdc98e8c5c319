// A hint for time-sliced GPUs: a node offers shares of its devices, and a pod with several shares does not compute
// faster.
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { PodShape } from "../view/podFacts.ts";

const SHARED = /^nvidia\.com\/(gpu|mig-.+)\.shared$/;

export function sharedDeviceWords({ demands }: PodShape): Reason | undefined {
  const found = demands.find(([resource, count]) => SHARED.test(resource) && count > 1);
  return found === undefined ? undefined : reason("SharedDevice", { resource: found[0], count: found[1] });
}
