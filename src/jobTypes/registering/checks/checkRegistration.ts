// Runs all checks of a registration in their order. The result lists each check. A check that needs a failed one is
// skipped, with the reason.
import type { Json } from "../../../model/data/json.ts";
import { hasErrors } from "../../../model/problems/problem.ts";
import { type CheckResult, type RegistrationCheck, skip } from "../../../model/problems/registrationCheck.ts";
import { parseData } from "../../../plan/fields/zodProblems.ts";
import type { Registration } from "../../registration/registration.ts";
import { registrationShape } from "../../registration/shape.ts";
import type { Candidate, CheckDefinition, Means } from "./candidate.ts";
import { compatibilityCheck } from "./compatibility.ts";
import { dryRunCheck } from "./dryRun.ts";
import { executionCheck } from "./execution.ts";
import { nameCheck } from "./name.ts";
import { grantCheck, policyCheck } from "./policy.ts";
import { compileCheck, examplesCheck, sizeCheck } from "./schemas.ts";
import { templateCheck } from "./template.ts";

const sampleCheck: CheckDefinition = {
  name: "sample-run",
  after: ["policy"],
  run: () => ({ skipped: skip("OnDemand") }),
};

const CHECKS: readonly CheckDefinition[] = [
  nameCheck,
  executionCheck,
  sizeCheck,
  compileCheck,
  examplesCheck,
  templateCheck,
  policyCheck,
  dryRunCheck,
  compatibilityCheck,
  sampleCheck,
  grantCheck,
];

export interface Checked {
  /** `null` when the document does not have the shape of a registration. */
  readonly registration: Registration | null;
  readonly checks: readonly CheckResult[];
}

/**
 * `context` gives the rest of the candidate; it is called when the shape is valid and the name of the type is
 * known.
 */
export async function checkRegistration(
  value: Json,
  context: (registration: Registration) => Omit<Candidate, "registration">,
  means: Means,
): Promise<Checked> {
  const parsed = parseData(registrationShape, value, "");
  if (!parsed.ok) {
    const shape: CheckResult = { check: "shape", result: "failed", problems: parsed.problems };
    return { registration: null, checks: [shape, ...CHECKS.map((one) => blocked(one, "shape"))] };
  }
  const registration = parsed.data as Registration; // parsed by the shape, whose output it is
  const candidate: Candidate = { ...context(registration), registration };
  const results = new Map<RegistrationCheck, CheckResult>([["shape", { check: "shape", result: "ok", problems: [] }]]);
  for (const check of CHECKS) results.set(check.name, await resultOf(check, results, { candidate, means }));
  return { registration, checks: [...results.values()] };
}

async function resultOf(
  check: CheckDefinition,
  results: ReadonlyMap<RegistrationCheck, CheckResult>,
  { candidate, means }: { readonly candidate: Candidate; readonly means: Means },
): Promise<CheckResult> {
  const obstacle = check.after.find((name) => isObstacle(results.get(name)));
  if (obstacle !== undefined) return blocked(check, obstacle);
  return await outcomeOf(check, candidate, means);
}

/** The result of one check, whose preconditions the caller knows to hold. */
export async function outcomeOf(check: CheckDefinition, candidate: Candidate, means: Means): Promise<CheckResult> {
  const { problems = [], skipped } = await check.run(candidate, means);
  if (skipped !== undefined) return { check: check.name, result: "skipped", problems, because: skipped };
  return { check: check.name, result: hasErrors(problems) ? "failed" : "ok", problems };
}

/**
 * A failed check, or one that was blocked by another. A check that was skipped for other reasons does not block later
 * checks.
 */
function isObstacle(result: CheckResult | undefined): boolean {
  return result?.result === "failed" || (result?.result === "skipped" && result.because?.code === "Blocked");
}

function blocked({ name }: CheckDefinition, by: RegistrationCheck): CheckResult {
  return { check: name, result: "skipped", problems: [], because: skip("Blocked", { check: by }) };
}
