// A second wall for secrets: whatever a cluster or a program answers (events, log lines, error texts) is searched for the values
// that this application's objects hold before it is stored or shown. Values shorter than four characters are not searched for:
// masking every "1" would destroy the text and hide nothing.
import type { JobOutcome } from "../../catalog/job.ts";
import type { Json, JsonObject } from "../../model/data/json.ts";
import { isSealed, MASK, mapStrings, SHORTEST_HIDDEN } from "../../model/document/sealed.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { mapReason, type Reason } from "../../model/reasons/reason.ts";
import type { PlannedJob } from "../../model/run/plan.ts";
import type { Vault } from "../../ports/vault.ts";
import type { Dependencies } from "../interface/dependencies.ts";
import type { ApplicationKey } from "../interface/requests.ts";

/** A line of a longer value (a key, a configuration file) or a piece of its base64 must tell more than "}" or "true" does. */
const SHORTEST_PIECE = 8;
const MOST_LINES = 500;
/** Older revisions than this have long lost their pods. */
const REVISIONS = 50;

/** Of one attempt: it learns what is secret as the attempt goes on. */
export interface AttemptMask extends Mask {
  conceal(texts: readonly string[]): void;
}

export interface Mask {
  text(value: string): string;
  reason(value: Reason): Reason;
  evidence(value: readonly Evidence[]): readonly Evidence[];
  outcome(value: JobOutcome): JobOutcome;
}

/**
 * For what the cluster says of an application now: pods outlive their revision (the Job of an earlier one, the last pods of a roll),
 * so the values of the earlier revisions count as well.
 */
export async function applicationMask(
  { store, vault }: Dependencies<"store" | "vault">,
  { project, application }: ApplicationKey,
): Promise<Mask> {
  const { items } = await store.applications.revisions(project, application, { limit: REVISIONS });
  const jobs = items.flatMap((revision) => revision.plan.jobs);
  return secretMask(project, jobs, vault);
}

/** `input`: with everything filled in that other steps gave. */
export function attemptMask(base: Mask, input: JsonObject, { project, vault }: Opening): AttemptMask {
  const values = new Set<string>();
  const note = (text: string): void => void values.add(text);
  for (const token of sealedIn(input)) open(project, token, vault, note);
  let all = base;
  const conceal = (texts: readonly string[]): void => {
    for (const text of texts) values.add(text);
    if (values.size === 0) return;
    const own = textMask([...values]);
    all = maskBy((text) => own(base.text(text)));
  };
  conceal([]);
  return {
    text: (value) => all.text(value),
    reason: (value) => all.reason(value),
    evidence: (value) => all.evidence(value),
    outcome: (value) => all.outcome(value),
    conceal,
  };
}

interface Opening {
  readonly project: string;
  readonly vault: Vault;
}

/** Opens what the jobs hold, in memory only. A token that does not open hides nothing, so it is passed over. */
export function secretMask(project: string, jobs: readonly PlannedJob[], vault: Vault): Mask {
  const values = new Set<string>();
  const note = (value: string): void => {
    for (const text of [value, ...decoded(value)]) for (const form of formsOf(text)) values.add(form);
  };
  for (const token of tokensOf(jobs)) open(project, token, vault, note);
  return maskOf([...values].sort((a, b) => b.length - a.length));
}

function tokensOf(jobs: readonly PlannedJob[]): ReadonlySet<string> {
  const tokens = jobs.flatMap((job) => [job.input, ...job.objects.map(({ manifest }) => manifest)].flatMap(sealedIn));
  return new Set(tokens);
}

function sealedIn(value: Json): readonly string[] {
  const tokens: string[] = [];
  mapStrings(value, (text) => {
    if (isSealed(text)) tokens.push(text);
    return text;
  });
  return tokens;
}

function open(project: string, token: string, vault: Vault, note: (value: string) => void): void {
  try {
    note(vault.open(project, token));
  } catch {
    // The job that needs the value says so when it runs.
  }
}

/** How a program may print a value: as it is, inside of JSON, line by line, in base64, alone or within something longer. */
export function formsOf(value: string): string[] {
  const quoted = JSON.stringify(value).slice(1, -1);
  const whole = [...new Set([value, quoted, Buffer.from(value).toString("base64")])].filter(
    (form) => form.length >= SHORTEST_HIDDEN,
  );
  const lines = value.split(/\r?\n/, MOST_LINES).map((line) => line.trim());
  return [...whole, ...[...lines, ...base64Cores(value)].filter((form) => form.length >= SHORTEST_PIECE)];
}

/** What stays the same in base64 whatever stands before and after the value: three alignments, without the edges. */
function base64Cores(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].map((shift) => {
    const length = Math.floor(Math.max(0, bytes.length - shift) / 3) * 3;
    return bytes.subarray(shift, shift + length).toString("base64");
  });
}

/** Values of a Secret's `data` are base64: programs print what they decode to. */
function decoded(value: string): string[] {
  return /^[A-Za-z0-9+/]+=*$/.test(value) && value.length % 4 === 0
    ? [Buffer.from(value, "base64").toString("utf8")]
    : [];
}

export const NOTHING_HIDDEN: Mask = maskBy((text) => text);

/** For words about a few values that are at hand. */
export function textMask(values: readonly string[]): (text: string) => string {
  const mask = maskOf([...new Set(values.flatMap(formsOf))].sort((a, b) => b.length - a.length));
  return (text) => mask.text(text);
}

function maskOf(values: readonly string[]): Mask {
  return maskBy((value) => values.reduce((masked, secret) => masked.replaceAll(secret, MASK), value));
}

function maskBy(text: (value: string) => string): Mask {
  const maskReason = (value: Reason): Reason => mapReason(value, text);
  const evidence = (value: readonly Evidence[]): readonly Evidence[] =>
    value.map((one) => ({
      ...one,
      text: text(one.text),
      ...(one.reason === undefined ? {} : { reason: maskReason(one.reason) }),
    }));
  return {
    text,
    reason: maskReason,
    evidence,
    outcome: (value) =>
      value.phase === "succeeded"
        ? { ...value, reason: maskReason(value.reason) }
        : { ...value, reason: maskReason(value.reason), evidence: evidence(value.evidence) },
  };
}
