// Requests to the API that many tests share.
import type { Event, Job, Product, Run } from "./product.ts";

export const PROJECT = "default";

/** The newest run of an application. */
export async function newestRun(product: Product, application: string): Promise<Run> {
  const { items } = await product.client.call("listRuns", {
    params: { project: PROJECT },
    query: { application, limit: 1 },
  });
  const [first] = items;
  if (first === undefined) throw new Error(`no run of ${application}`);
  return await product.client.call("getRun", { params: { project: PROJECT, run: first.id } });
}

export function jobOf(run: Run, name: string): Job {
  const found = run.jobs.find((job) => job.name === name);
  if (found === undefined)
    throw new Error(`run ${run.number} has no job ${name}: ${run.jobs.map((job) => job.name).join(", ")}`);
  return found;
}

/** Deploys without waiting for the end. Returns the acknowledged run. */
export async function submit(
  product: Product,
  document: { readonly name: string },
  query: { readonly cluster?: string } = {},
): Promise<Run> {
  const params = { project: PROJECT, application: document.name };
  return await product.client.call("deployApplication", { params, query, body: JSON.stringify(document) });
}

/** Follows the run's events from the first one until `judge` finds what it looks for. */
export async function eventOf(
  product: Product,
  run: string,
  judge: (event: Event) => boolean,
  seconds = 90,
): Promise<Event> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const stop = new AbortController();
  const seen: string[] = [];
  try {
    const call = { params: { project: PROJECT }, query: { run, after: 0 } };
    for await (const { data } of product.client.stream("streamEvents", call, AbortSignal.any([signal, stop.signal]))) {
      seen.push(`${data.at} ${data.type} ${JSON.stringify(data.data)}`);
      if (judge(data)) return data;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop.abort();
  }
  throw new Error(`run ${run} did not tell what was expected; it told:\n${seen.join("\n")}`);
}

export async function endOf(product: Product, run: string, seconds?: number): Promise<Run> {
  await eventOf(product, run, (event) => event.type === "run.finished", seconds);
  return await product.client.call("getRun", { params: { project: PROJECT, run } });
}

/** All events of a run, after it has ended. */
export async function historyOf(product: Product, run: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  await eventOf(product, run, (event) => {
    events.push(event);
    return event.type === "run.finished";
  });
  return events;
}

export function hasReason(event: Event, job: string, code: string): boolean {
  const reason = event.data["reason"];
  return (
    event.type === "job.changed" &&
    event.data["job"] === job &&
    typeof reason === "object" &&
    reason !== null &&
    "code" in reason &&
    reason.code === code
  );
}

export function isPhase(event: Event, job: string, phase: string): boolean {
  return event.type === "job.changed" && event.data["job"] === job && event.data["phase"] === phase;
}
