// A second protection of secrets: texts from a cluster or a program (events, log lines, errors) are searched for the
// secret values of the application before they are stored or shown. Values shorter than four characters are not
// searched for: masking every "1" would destroy the text and hide nothing. The first protection is that secrets are
// stored only as sealed tokens (plan/components/seal.ts).
import type { JobOutcome } from "../../catalog/job.ts";
import type { Json, JsonObject } from "../../model/data/json.ts";
import { isSealed, MASK, mapStrings, SHORTEST_HIDDEN } from "../../model/document/sealed.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { mapReason, type Reason } from "../../model/reasons/reason.ts";
import type { PlannedJob } from "../../model/run/plan.ts";
import type { Vault } from "../../ports/vault.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey } from "../contract/requests.ts";

/**
 * The shortest line of a longer value (a key, a file), or piece of its base64, that is masked. Shorter ones, such as
 * "true", reveal nothing.
 */
const SHORTEST_PIECE = 8;
const MOST_LINES = 500;
/** The number of newest revisions whose secrets are masked. Pods of older revisions are no longer there. */
const REVISIONS = 50;

/** The mask of one attempt. `conceal` adds secret values that appear during the attempt. */
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
 * The mask for texts that the cluster reports about an application. It contains the values of earlier revisions as
 * well, because pods outlive their revision (the Job of an earlier one, the last pods of a rolling update).
 */
export async function applicationMask(
  { store, vault }: Dependencies<"store" | "vault">,
  { project, application }: ApplicationKey,
): Promise<Mask> {
  const { items } = await store.applications.revisions(project, application, { limit: REVISIONS });
  const jobs = items.flatMap((revision) => revision.plan.jobs);
  return secretMask(project, jobs, vault);
}

/**
 * The mask of an attempt: `base`, and the secret values of its input, in which the outputs of other steps are filled
 * in.
 */
export function attemptMask(base: Mask, input: JsonObject, { project, vault }: ProjectVault): AttemptMask {
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

interface ProjectVault {
  readonly project: string;
  readonly vault: Vault;
}

/** The mask for the secrets of the jobs. They are opened in memory only. A token that cannot be opened is left out. */
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
    // The job that needs the value reports the mistake when it runs.
  }
}

/**
 * The forms in which a program may print a value: as it is, in JSON, line by line, in base64, alone or inside a longer
 * text.
 */
export function formsOf(value: string): string[] {
  const quoted = JSON.stringify(value).slice(1, -1);
  const whole = [...new Set([value, quoted, Buffer.from(value).toString("base64")])].filter(
    (form) => form.length >= SHORTEST_HIDDEN,
  );
  const lines = value.split(/\r?\n/, MOST_LINES).map((line) => line.trim());
  return [...whole, ...[...lines, ...base64Cores(value)].filter((form) => form.length >= SHORTEST_PIECE)];
}

/**
 * The parts of the base64 that are the same whatever is before and after the value: one for each of three alignments,
 * without the edges.
 */
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

/** The mask for texts about a few known values. */
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
