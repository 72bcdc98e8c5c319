// Requests and limits of the containers of a job. Every container gets both, because one pod without a limit can harm
// all others on its node. For devices, request and limit must be the same whole number, as the API server requires for
// extended resources.
import { dig, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";

/** Resource name -> Kubernetes quantity. */
export type Quantities = Readonly<Record<string, string>>;

export interface ResourceDefaults {
  readonly requests: Quantities;
  readonly limits: Quantities;
}

export interface Bounded {
  readonly requests: Quantities;
  readonly limits: Quantities;
}

const amountOf = (text: string | undefined): number => parseQuantity(text ?? "0") ?? 0;
export const isDevice = (name: string): boolean => name.includes("/");

/**
 * The requests and limits of a container with the defaults filled in. A default request is never larger than the limit.
 */
export function boundResources(container: JsonObject, defaults: ResourceDefaults): Bounded {
  const requested = quantitiesOf(dig(container, "resources", "requests"));
  const limited = quantitiesOf(dig(container, "resources", "limits"));
  const names = new Set([...Object.keys(defaults.limits), ...Object.keys(requested), ...Object.keys(limited)]);
  const requests: Record<string, string> = {};
  const limits: Record<string, string> = {};
  for (const name of names) {
    const limit = limited[name] ?? larger(defaults.limits[name], requested[name]);
    const request = requested[name] ?? smaller(isDevice(name) ? limit : defaults.requests[name], limit);
    if (limit !== undefined) limits[name] = limit;
    if (request !== undefined) requests[name] = request;
  }
  return { requests, limits };
}

function quantitiesOf(value: unknown): Quantities {
  return typeof value === "object" && value !== null ? (value as Quantities) : {}; // copied by the allow-list: quantities
}

function larger(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || amountOf(other) > amountOf(one) ? (other ?? one) : one;
}

function smaller(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && amountOf(other) < amountOf(one)) ? other : one;
}

export function checkBounds({ requests, limits }: Bounded, at: Path): readonly Problem[] {
  return Object.entries(requests).flatMap(([name, request]) => {
    const limit = limits[name];
    const field = [...at, "resources", "requests", name];
    if (limit === undefined || amountOf(request) > amountOf(limit))
      return [problem("RequestOverLimit", field, { request, limit: limit ?? "0" })];
    if (!isDevice(name)) return [];
    const whole = Number.isInteger(amountOf(limit)) && amountOf(limit) === amountOf(request);
    return whole ? [] : [problem("RequestOverLimit", field, { request, limit })];
  });
}

export interface BoundedContainer {
  readonly bounds: Bounded;
  /** The container runs alone before the others begin, so only the largest of these counts, not the sum. */
  readonly before: boolean;
}

/** What the pod may use at any one time, as the scheduler counts it. */
export function podLimits(containers: readonly BoundedContainer[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const largest = new Map<string, number>();
  for (const { bounds, before } of containers)
    for (const [name, limit] of Object.entries(bounds.limits)) {
      if (before) largest.set(name, Math.max(largest.get(name) ?? 0, amountOf(limit)));
      else sums.set(name, (sums.get(name) ?? 0) + amountOf(limit));
    }
  for (const [name, most] of largest) sums.set(name, Math.max(sums.get(name) ?? 0, most));
  return sums;
}

export function checkMinimum(limits: ReadonlyMap<string, number>, least: Quantities): readonly Problem[] {
  return Object.entries(least).flatMap(([name, quantity]) => {
    const asked = limits.get(name) ?? 0;
    if (asked >= amountOf(quantity)) return [];
    const params = { value: `${name}: ${asked}`, bound: `>= ${quantity}` };
    return [problem("OutOfRange", ["template", "spec", "containers"], params)];
  });
}

export function checkMaximum(limits: ReadonlyMap<string, number>, most: Quantities): readonly Problem[] {
  return Object.entries(most).flatMap(([name, quantity]) => {
    const asked = limits.get(name) ?? 0;
    if (asked <= amountOf(quantity)) return [];
    const params = { value: `${name}: ${asked}`, bound: `<= ${quantity}` };
    return [problem("OutOfRange", ["template", "spec", "containers"], params)];
  });
}
