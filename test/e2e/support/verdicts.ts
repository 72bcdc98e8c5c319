// Runs one failing case on the real cluster: deploys its document and compares what kubemin reports with what is
// expected. The results can be stored for the table in the documentation (verdictTable.ts).
import { expect } from "vitest";
import { createClient } from "../../../src/api/client.ts";
import { dig } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { hasReason, historyOf, jobOf, newestRun } from "./asking.ts";
import type { Application, Component } from "./documents.ts";
import { type Finished, list } from "./kubectl.ts";
import type { Event, Product, Run } from "./product.ts";

/** The exit code of `deploy --wait` for each ending of a run, as docs/reference/cli.md has it. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  failed: 1,
  rejected: 3,
  expired: 11,
  "start-failed": 12,
  interrupted: 13,
  "timed-out": 14,
};

/** The longest time from the moment when the cluster knows it until kubemin reports it. */
export const WITHIN = 15_000;

export interface Verdict {
  /** Of the command that deployed it; without one it was submitted by the API. */
  readonly result?: Finished;
  readonly run: Run;
  readonly history: readonly Event[];
  /** The same events in Chinese. */
  readonly chinese: readonly Event[];
  readonly why: string;
}

export interface Deployment {
  readonly name: string;
  readonly namespace: string;
  readonly components: readonly Component[];
}

export async function deploy(
  product: Product,
  { name, namespace, components }: Deployment,
): Promise<Verdict & { readonly result: Finished }> {
  const application: Application = { name, namespace, components };
  const result = await product.kubemin("deploy", product.file(`${name}.json`, application), "--yes");
  return { ...(await deployed(product, name)), result };
}

/** What kubemin reported about an application's newest run, after the run has ended. */
export async function deployed(product: Product, name: string): Promise<Verdict> {
  const run = await newestRun(product, name);
  const { url, token } = product;
  const reader = { ...product, client: createClient({ url, token, language: "zh" }) };
  const [history, chinese, why] = await Promise.all([
    historyOf(product, run.id),
    historyOf(reader, run.id),
    product.kubemin("why", name),
  ]);
  expect(why.code, why.stderr).toBe(0);
  return { run, history, chinese, why: why.stdout };
}

const tale = (history: readonly Event[]): string =>
  history.map((one) => `${one.at} ${one.type} ${JSON.stringify(one.data)}`).join("\n");

/** The time when the API first showed this reason. */
export function shownAt({ history }: Verdict, job: string, code: string): number {
  const event = history.find((one) => hasReason(one, job, code));
  if (event === undefined) throw new Error(`${code} was never shown for ${job}:\n${tale(history)}`);
  return Date.parse(event.at);
}

/** The reason as it was last reported: its sentence, and who must act. */
export function toldOf(history: readonly Event[], job: string, code: string): { message: string; who: string } {
  const event = history.findLast((one) => hasReason(one, job, code));
  if (event === undefined) throw new Error(`${code} was never shown for ${job}:\n${tale(history)}`);
  return {
    message: String(dig(event.data["reason"], "message")),
    who: String(dig(event.data["reason"], "who")),
  };
}

/** The time of an event. New events have `eventTime`, old ones `firstTimestamp`; the other field is `null`. */
function timeOf(event: Manifest): number {
  const times = [dig(event, "eventTime"), dig(event, "firstTimestamp"), event.metadata.creationTimestamp];
  return Date.parse(String(times.find((one) => typeof one === "string")));
}

/** The time when the cluster first reported something that matches; its events have whole seconds. */
export async function knownAt(
  namespace: string,
  object: RegExp,
  matches: (event: Manifest) => boolean,
): Promise<number> {
  const events = await list(namespace, "events");
  const times = events
    .filter((event) => object.test(String(dig(event, "involvedObject", "name"))) && matches(event))
    .map((event) => timeOf(event));
  const words = (one: Manifest): string =>
    `${String(dig(one, "involvedObject", "name"))} ${String(dig(one, "reason"))} ${String(dig(one, "message"))}`;
  if (times.length === 0) throw new Error(`the cluster has no such event:\n${events.map(words).join("\n")}`);
  return Math.min(...times);
}

export const says =
  (reason: string, message: RegExp) =>
  (event: Manifest): boolean =>
    event["reason"] === reason && message.test(String(dig(event, "message")));

export const evidenceOf = (run: Run, job: string): string => JSON.stringify(jobOf(run, job).evidence);

export interface Case {
  /** What fails, in the words of the table. */
  readonly name: { readonly en: string; readonly zh: string };
  /** The component that fails. */
  readonly job: string;
  readonly components: readonly Component[];
  /** Prepares the namespace. With it, the case gets a namespace of its own. */
  readonly prepare?: (namespace: string) => Promise<void>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly expected: Expected;
  /** The time when the cluster knew it; `undefined` if the answer of the API server says it. */
  readonly known?: (namespace: string) => Promise<number>;
}

export interface Expected {
  /** The phase in which the job ends. */
  readonly phase: string;
  /** The reason that was reported first, and the last one if it is another. */
  readonly code: string;
  readonly end?: string;
  readonly who: "you" | "operator" | "nobody";
  readonly en: RegExp;
  readonly zh: RegExp;
  /** A text of the cluster that the evidence contains. Default: its answer is in the sentence of the reason. */
  readonly evidence?: RegExp;
  /** The last line that the program printed. */
  readonly log?: RegExp;
}

export interface Seen {
  readonly name: Case["name"];
  readonly phase: string;
  readonly code: string;
  readonly end: string;
  readonly who: string;
  readonly en: string;
  readonly zh: string;
  readonly evidence: readonly { readonly source: string; readonly object: string; readonly text: string }[];
  /** Milliseconds from the cluster's first message to kubemin's; `undefined` if both are the same answer. */
  readonly told: number | undefined;
  /** Milliseconds from the start of the run to the verdict. */
  readonly settled: number;
}

/** The reported result, after it was compared with the expected one. */
export async function judged(verdict: Verdict, given: Case, namespace: string): Promise<Seen> {
  const { job: name, expected } = given;
  const { phase, code, who, end = code } = expected;
  const job = jobOf(verdict.run, name);
  expect(job, tale(verdict.history)).toMatchObject({ phase, reason: { code: end } });
  if (verdict.result !== undefined) expect(verdict.result.code, verdict.result.stderr).toBe(EXIT_CODES[phase]);
  const words = toldOf(verdict.history, name, code);
  const chinese = toldOf(verdict.chinese, name, code);
  expect(words.message).toMatch(expected.en);
  expect(chinese.message).toMatch(expected.zh);
  expect(words.who).toBe(who);
  expect(verdict.why, "why names it, too").toMatch(expected.en);
  if (expected.evidence !== undefined) expect(evidenceOf(verdict.run, name)).toMatch(expected.evidence);
  const log = job.evidence.find((one) => one.source === "log")?.text ?? "";
  if (expected.log !== undefined) {
    expect(log).toMatch(expected.log);
    expect(verdict.result?.stderr, "the end of the log is shown").toMatch(expected.log);
  }
  const known = await given.known?.(namespace);
  const told = known === undefined ? undefined : shownAt(verdict, name, code) - known;
  if (told !== undefined) expect(told).toBeLessThan(WITHIN);
  return {
    name: given.name,
    phase,
    code,
    end,
    who,
    en: words.message,
    zh: chinese.message,
    evidence: job.evidence,
    told,
    settled: Date.parse(job.finishedAt ?? "") - Date.parse(verdict.run.createdAt),
  };
}

/** Starts all cases, several at a time, because they mostly wait. Returns one promise for each case. */
export function startAll<T, R>(
  cases: readonly T[],
  atOnce: number,
  run: (one: T) => Promise<R>,
): readonly Promise<R>[] {
  const free = Array.from({ length: atOnce }, () => Promise.resolve());
  return cases.map((one, index) => {
    const place = index % atOnce;
    const result = (free[place] ?? Promise.resolve()).then(() => run(one));
    free[place] = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  });
}
