// The few calls that the precision tests send to the API server without kubemin.
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "../../src/kube/reach/connection.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";

export const soon = (): AbortSignal => AbortSignal.timeout(30_000);

export async function listed(raw: Connection, path: string, labelSelector?: string): Promise<readonly JsonObject[]> {
  const query = labelSelector === undefined ? {} : { labelSelector };
  const items = dig((await raw.call({ path, query, signal: soon() })).body, "items");
  return Array.isArray(items) ? (items as JsonObject[]) : []; // items of a list are objects
}

export async function create(raw: Connection, path: string, body: JsonObject): Promise<void> {
  await raw.call({ method: "POST", path, contentType: "application/json", body, signal: soon() });
}

export async function remove(raw: Connection, path: string): Promise<void> {
  await raw.call({ method: "DELETE", path, query: { gracePeriodSeconds: 0 }, signal: soon() }).catch(() => undefined);
}

export async function inParallel<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < list.length; start += 16)
    results.push(...(await Promise.all(list.slice(start, start + 16).map(work))));
  return results;
}

export async function until(holds: () => Promise<boolean>, forWhat: string): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited too long for ${forWhat}`);
    await delay(20);
  }
}
