// Judges the result of a torture test: the acknowledged runs, the store, the events of the watchers and the objects on
// the cluster must agree.
import { type AnswerOf, ApiError, type Client } from "../../src/api/client.ts";
import { list } from "../../test/e2e/support/kubectl.ts";
import { type Acknowledged, PROJECT } from "./load.ts";
import { type Frozen, type Hold, heldTogether } from "./target.ts";
import { flowWrongly, type Steered } from "./truths.ts";
import type { Event, Watcher } from "./watcher.ts";

type Run = AnswerOf<"getRun">;

export interface Evidence {
  readonly client: Client;
  readonly acknowledged: readonly Acknowledged[];
  readonly steered: readonly Steered[];
  readonly holds: readonly Hold[];
  readonly frozen: readonly Frozen[];
  readonly watchers: readonly Watcher[];
  /** Namespace of the applications; `null` without a real cluster. */
  readonly namespace: string | null;
}

export interface Verdict {
  readonly broken: readonly string[];
  readonly runs: number;
  readonly events: number;
  readonly phases: Readonly<Record<string, number>>;
}

export async function judge(evidence: Evidence): Promise<Verdict> {
  const { client, acknowledged, watchers, namespace } = evidence;
  const found = await Promise.all(acknowledged.map((one) => runOf(client, one.run)));
  const runs = found.filter((run) => run !== undefined);
  const stored = await allRuns(client);
  const events = await eventsOf(client, watchers);
  const broken = [
    ...doubled(acknowledged, stored),
    ...runs.flatMap(unsettled),
    ...toldWrongly(events),
    ...watchers.flatMap((watcher, index) => seenWrongly(watcher.seen, events, `watcher ${index}`)),
    ...flowWrongly(evidence.steered, runs, events),
    ...heldTogether(evidence.holds, evidence.frozen),
    ...(namespace === null ? [] : await heldWrongly(namespace, acknowledged, found)),
  ];
  const phases: Record<string, number> = {};
  for (const run of runs) phases[run.phase] = (phases[run.phase] ?? 0) + 1;
  return { broken, runs: runs.length, events: events.length, phases };
}

/** The run, or `undefined` when it does not exist; `doubled` then reports that it is lost. */
async function runOf(client: Client, run: string): Promise<Run | undefined> {
  try {
    return await client.call("getRun", { params: { project: PROJECT, run } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function allRuns(client: Client): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const query = { limit: 200, ...(after === undefined ? {} : { after }) };
    const page = await client.call("listRuns", { params: { project: PROJECT }, query });
    ids.push(...page.items.map((run) => run.id));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return ids;
}

/** All events from the beginning, read without an interruption. */
async function eventsOf(client: Client, watchers: readonly Watcher[]): Promise<readonly Event[]> {
  const last = Math.max(0, ...watchers.map((watcher) => watcher.seen.at(-1)?.sequence ?? 0));
  const stop = new AbortController();
  const events: Event[] = [];
  if (last === 0) return events;
  const call = { params: { project: PROJECT }, query: { after: 0 } };
  for await (const { data } of client.stream("streamEvents", call, stop.signal)) {
    events.push(data);
    if (data.sequence < last) continue;
    stop.abort();
    break;
  }
  return events;
}

function doubled(acknowledged: readonly Acknowledged[], stored: readonly string[]): readonly string[] {
  const known = new Set(acknowledged.map((one) => one.run));
  const there = new Set(stored);
  return [
    ...[...known].filter((id) => !there.has(id)).map((id) => `run ${id} was acknowledged and is lost`),
    ...stored.filter((id) => !known.has(id)).map((id) => `run ${id} exists and was never acknowledged`),
  ];
}

const ENDED: ReadonlySet<string> = new Set(["succeeded", "failed", "cancelled", "rejected", "expired", "skipped"]);

function unsettled(run: Run): readonly string[] {
  const wrong = run.jobs.filter((job) => !ENDED.has(job.phase) || job.reason.code === "");
  return [
    ...(run.phase === "running" ? [`run ${run.id} has not ended`] : []),
    ...(run.phase === "interrupted" ? [`run ${run.id} was interrupted`] : []),
    ...wrong.map((job) => `run ${run.id}: job ${job.name} is ${job.phase} (${job.reason.code})`),
  ];
}

/**
 * The rules about events that are broken: every run ends once, no job succeeds twice, and nothing happens after the end
 * of a run.
 */
export function toldWrongly(events: readonly Event[]): readonly string[] {
  const broken: string[] = [];
  const ended = new Set<string>();
  const succeeded = new Set<string>();
  for (const { run, type, data } of events) {
    if (run === null) continue;
    if (ended.has(run) && (type === "job.changed" || type === "run.finished"))
      broken.push(`run ${run}: ${type} after its end`);
    if (type === "run.finished") ended.add(run);
    if (type !== "job.changed" || data["phase"] !== "succeeded") continue;
    const job = `run ${run}, job ${String(data["job"])}`;
    if (succeeded.has(job)) broken.push(`${job} succeeded twice`);
    succeeded.add(job);
  }
  return broken;
}

function seenWrongly(seen: readonly Event[], events: readonly Event[], who: string): readonly string[] {
  const numbers = seen.map((event) => event.sequence);
  const broken = numbers.flatMap((number, index) =>
    index > 0 && number <= (numbers[index - 1] ?? 0) ? [`${who} saw event ${number} out of order or twice`] : [],
  );
  const there = new Set(numbers);
  const missed = events.filter((event) => !there.has(event.sequence));
  return [...broken, ...missed.map((event) => `${who} missed event ${event.sequence}`)];
}

async function heldWrongly(
  namespace: string,
  acknowledged: readonly Acknowledged[],
  runs: readonly (Run | undefined)[],
): Promise<readonly string[]> {
  const maps = await list(namespace, "configmaps", "--selector", "app.kubernetes.io/managed-by=kubemin");
  const broken: string[] = [];
  const newest = new Map<string, { readonly value: string; readonly number: number }>();
  for (const [index, one] of acknowledged.entries()) {
    const run = runs[index];
    if (run === undefined || one.value === null || run.phase !== "succeeded") continue;
    const before = newest.get(one.application);
    if (before === undefined || before.number < run.number)
      newest.set(one.application, { value: one.value, number: run.number });
  }
  for (const [application, { value }] of newest) {
    const map = maps.find(
      (one) =>
        one.metadata.labels?.["app.kubernetes.io/part-of"] === application ||
        one.metadata.labels?.["kubemin.dev/application"] === application,
    );
    const held = (map?.["data"] as { value?: string } | undefined)?.value; // The data of a ConfigMap are texts.
    if (held !== value)
      broken.push(`${application}: the cluster holds ${held ?? "nothing"}, its newest run said ${value}`);
  }
  return [...broken, ...(await workedTwice(namespace))];
}

/** Jobs of tasks with more than one pod. A second pod would have done the work twice. */
async function workedTwice(namespace: string): Promise<readonly string[]> {
  const pods = await list(namespace, "pods", "--selector", "job-name");
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const job = pod.metadata.labels?.["job-name"] ?? "";
    counts.set(job, (counts.get(job) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([job, count]) => `Job ${job} had ${count} pods`);
}
