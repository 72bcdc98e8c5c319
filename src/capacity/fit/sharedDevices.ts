// Time-sliced GPUs: what a node offers are shares of its devices, and more than one share is not more computing.
import { type Reason, reason } from "../../model/reasons/reason.ts";
import type { PodShape } from "../view/podFacts.ts";

const SHARED = /^nvidia\.com\/(gpu|mig-.+)\.shared$/;

export function sharedDeviceWords({ demands }: PodShape): Reason | undefined {
  const found = demands.find(([resource, count]) => SHARED.test(resource) && count > 1);
  return found === undefined ? undefined : reason("SharedDevice", { resource: found[0], count: found[1] });
}
