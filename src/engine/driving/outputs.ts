// Prepares the output of a job for the store: values that its type marks as secret are sealed, and secrets from its
// input are masked wherever else they appear. Outputs that a worker reports go through this file as well, before they
// are stored as a message (callback.ts).
import type { JobDefinition } from "../../catalog/define.ts";
import { type JobOutcome, outputTooLarge } from "../../catalog/job.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import { isSealed, mapStrings } from "../../model/document/sealed.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Run } from "../../model/run/run.ts";
import { mapOutputSecrets, sealOutput } from "../../plan/components/seal.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { Mask } from "../secrets/masking.ts";
import type { Attempt } from "./attempt.ts";

/** The deepest nesting of an output. Functions that walk through an output call themselves once for each level. */
const DEEPEST_OUTPUT = 200;

/** What decides how an output is protected: the keys of the project, and the secret fields of the job type. */
interface OutputRules {
  readonly run: Pick<Run, "project">;
  readonly definition: JobDefinition;
}

export function guardedOutput(
  { vault }: Dependencies<"vault">,
  { run, definition, mask }: OutputRules & { readonly mask: Pick<Mask, "text"> },
  output: JsonObject,
): JsonObject {
  const sealed = sealOutput(definition, output, (text) => vault.seal(run.project, text));
  return mapStrings(sealed, (text) => (isSealed(text) ? text : mask.text(text))) as JsonObject; // an object stays one
}

/**
 * The output with its secrets opened, for the checks of its type: a token has another length and form than its value.
 */
function openedOutput(
  { vault }: Dependencies<"vault">,
  { run, definition }: OutputRules,
  output: JsonObject,
): JsonObject {
  return mapOutputSecrets(definition, output, (text) => {
    try {
      return isSealed(text) ? vault.open(run.project, text) : text;
    } catch {
      return text;
    }
  });
}

/**
 * The outcome with its output checked in clear and then made safe to store. An output that does not fit its type fails
 * the job.
 */
export function settledOutput(
  dependencies: Dependencies<"vault">,
  attempt: Attempt,
  { definition, outcome }: { readonly definition: JobDefinition; readonly outcome: JobOutcome },
): JobOutcome {
  if (outcome.phase !== "succeeded" || outcome.output === undefined) return checkedOutput(definition, outcome, {});
  if (isTooDeep(outcome.output)) return badOutput(`it is nested more than ${DEEPEST_OUTPUT} levels deep`);
  const { run, mask } = attempt;
  const kept = guardedOutput(dependencies, { run, definition, mask }, outcome.output);
  const checked = checkedOutput(definition, outcome, openedOutput(dependencies, { run, definition }, outcome.output));
  // The output of a component contains addresses and names of Secrets, but no secret values, so it is stored as it is.
  return checked.phase === "succeeded" && attempt.job.plan.step !== undefined ? { ...checked, output: kept } : checked;
}

function checkedOutput(definition: JobDefinition, outcome: JobOutcome, opened: JsonObject): JobOutcome {
  if (outcome.phase !== "succeeded") return outcome;
  const excess = outputTooLarge(JSON.stringify(opened).length);
  if (excess !== null) return badOutput(excess);
  if (definition.output === undefined) return outcome;
  const output = definition.output.safeParse(opened);
  if (output.success) return outcome;
  const detail = output.error.issues.map((issue) => `${toPointer(issue.path.map(String))} ${issue.message}`).join("; ");
  return badOutput(detail.slice(0, 500));
}

function badOutput(detail: string): JobOutcome {
  return { phase: "failed", reason: reason("BadOutput", { detail }), evidence: [], retryable: false };
}

/**
 * Goes through the output level by level. A recursive function would overflow the stack on the very outputs that it
 * looks for.
 */
function isTooDeep(output: JsonObject): boolean {
  let level: readonly unknown[] = [output];
  for (let depth = 0; depth <= DEEPEST_OUTPUT; depth += 1) {
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}
