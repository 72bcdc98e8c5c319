// Compares the result of a case with the expected one, and returns sentences about the differences.
import { explainReason } from "../../../src/model/reasons/reason.ts";
import type { Job } from "../../../src/model/run/run.ts";
import type { RunExpected, WorkflowCase } from "./caseFile.ts";
import type { Ended, Played } from "./play.ts";
import type { Call } from "./target.ts";
import { untruths } from "./truths.ts";

export function differences(given: WorkflowCase, played: Played): readonly string[] {
  return [
    ...played.wrong,
    ...(given.finished === undefined ? [] : differing("ends", given.finished, ends(played))),
    ...differing("problems", given.refused ?? [], played.refused),
    ...(given.warned === undefined ? [] : differing("warnings", given.warned, played.warned)),
    ...Object.entries(given.runs).flatMap(([name, expected]) => {
      const ended = played.runs.get(name);
      const found = ended === undefined ? ["it was not started"] : runDifferences(expected, ended, played);
      return found.map((text) => `${name}: ${text}`);
    }),
    ...[...played.runs].flatMap(([name, ended]) => untruths(ended).map((text) => `${name}: ${text}`)),
    ...Object.entries(given.calls).flatMap(([path, expected]) => callDifferences(path, expected, played.calls)),
    ...(given.images === undefined ? [] : differing("images", given.images, played.images)),
  ];
}

function ends({ runs }: Played): readonly string[] {
  const at = ({ run }: Ended): number =>
    run.finishedAt === null ? Number.POSITIVE_INFINITY : Date.parse(run.finishedAt);
  return [...runs].toSorted(([, one], [, other]) => at(one) - at(other)).map(([name]) => name);
}

function differing(what: string, right: unknown, found: unknown): readonly string[] {
  const [one, other] = [JSON.stringify(right), JSON.stringify(found)];
  return one === other ? [] : [`${what}: ${other} instead of ${one}`];
}

function runDifferences(expected: RunExpected, { run, jobs }: Ended, { begin }: Played): readonly string[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const shown = Object.fromEntries(
    jobs.map((job) => [job.name, shownAs(job, expected.jobs[job.name]?.includes(" ") === true)]),
  );
  return [
    ...differing("the run", expected.phase, run.phase),
    ...differing("jobs", sorted(expected.jobs), sorted(shown)),
    ...(expected.ends === undefined ? [] : endDifferences(expected.ends, run.finishedAt, begin)),
    ...Object.entries(expected.outputs).flatMap(([name, output]) =>
      isPart(output, byName.get(name)?.output) ? [] : differing(`output of ${name}`, output, byName.get(name)?.output),
    ),
    ...Object.entries(expected.attempts).flatMap(([name, attempts]) =>
      differing(`attempts of ${name}`, attempts, byName.get(name)?.attempt),
    ),
    ...Object.entries(expected.says).flatMap(([name, text]) => {
      const job = byName.get(name);
      const said = job === undefined ? "" : explainReason(job.reason, "en");
      return said.includes(text) ? [] : [`${name} says "${said}" and not "${text}"`];
    }),
    ...expected.order.flatMap((words) => orderDifferences(words, byName)),
  ];
}

function shownAs({ phase, reason }: Job, withReason: boolean): string {
  return withReason ? `${phase} ${reason.code}` : phase;
}

function sorted(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).toSorted(([one], [other]) => one.localeCompare(other)));
}

function endDifferences([from, to]: readonly [number, number], at: string | null, begin: number): readonly string[] {
  if (at === null) return [`it has not ended, and should between ${from} and ${to} ms`];
  const end = Date.parse(at) - begin;
  return end >= from && end <= to ? [] : [`it ended after ${end} ms, and not between ${from} and ${to} ms`];
}

function orderDifferences(words: string, jobs: ReadonlyMap<string, Job>): readonly string[] {
  const [first = "", second = ""] = words.split(" < ");
  const [ended, began] = [jobs.get(first)?.finishedAt, jobs.get(second)?.startedAt];
  const right = typeof ended === "string" && typeof began === "string" && Date.parse(ended) <= Date.parse(began);
  return right ? [] : [`${second} began at ${String(began)}, and ${first} ended at ${String(ended)}`];
}

/** True when everything in `part` is also in `whole`; fields that `part` leaves out may have any value. */
function isPart(part: unknown, whole: unknown): boolean {
  if (typeof part !== "object" || part === null || Array.isArray(part))
    return JSON.stringify(part) === JSON.stringify(whole);
  if (typeof whole !== "object" || whole === null) return false;
  return Object.entries(part).every(([key, value]) => isPart(value, Reflect.get(whole, key)));
}

function callDifferences(
  path: string,
  { count, together, fenced }: WorkflowCase["calls"][string],
  all: readonly Call[],
): readonly string[] {
  const calls = all.filter((call) => call.path === path);
  const unfenced = calls.filter((call) => !("kubemin-fence" in call.headers));
  return [
    ...(count === undefined ? [] : differing(`calls of ${path}`, count, calls.length)),
    ...(together === undefined ? [] : differing(`calls of ${path} at the same time`, together, mostTogether(calls))),
    ...(fenced === true && unfenced.length > 0 ? [`${unfenced.length} calls of ${path} bear no fence`] : []),
  ];
}

export function mostTogether(calls: readonly Call[]): number {
  const counts = calls.map(
    ({ from }) => calls.filter((other) => other.from <= from && (other.to ?? Number.POSITIVE_INFINITY) > from).length,
  );
  return Math.max(0, ...counts);
}
