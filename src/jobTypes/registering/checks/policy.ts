// The checks of the isolation policy and of the grants. The pods must follow the policy of src/isolation. A missing
// grant does not fail the policy check; the check `grant` reports it.

import type { Problem } from "../../../model/problems/problem.ts";
import { problem } from "../../../model/problems/problem.ts";
import { skip } from "../../../model/problems/registrationCheck.ts";
import { OutgoingRefused } from "../../../ports/outgoing.ts";
import type { Candidate, CheckDefinition, CheckFinding, Means } from "./candidate.ts";
import { podsOf } from "./pods.ts";

export const policyCheck: CheckDefinition = {
  name: "policy",
  after: ["template"],
  run(candidate, means) {
    const { runtime } = candidate.registration.spec;
    if (runtime.tier === "T2") return worker(runtime.url, means);
    const pods = podsOf(candidate, means);
    if (pods.length === 0) return { skipped: skip("NoPod") };
    return { problems: distinct(pods.flatMap((one) => one.problems)).filter((one) => one.code !== "GrantMissing") };
  },
};

function worker(url: string, { outgoing }: Means): CheckFinding {
  try {
    outgoing.check(`${url.replace(/\/$/, "")}/v1/execute`);
    return {};
  } catch (error) {
    if (!(error instanceof OutgoingRefused)) throw error;
    return { problems: [problem("WorkerAddress", "/spec/runtime/url", { detail: error.message })] };
  }
}

export const grantCheck: CheckDefinition = {
  name: "grant",
  after: ["policy"],
  run(candidate, means) {
    const problems = missingGrants(candidate, means);
    return problems.length === 0 ? {} : { skipped: skip("WaitsForGrant"), problems };
  },
};

/** The missing grants as warnings, because the registration itself has no mistake. */
export function missingGrants(candidate: Candidate, means: Pick<Means, "schemas" | "runtime">): readonly Problem[] {
  if (candidate.registration.spec.runtime.tier === "T2") return [];
  return distinct(podsOf(candidate, means).flatMap((one) => one.problems))
    .filter((one) => one.code === "GrantMissing")
    .map((one) => ({ ...one, severity: "warning" }));
}

/** A problem that several examples have is reported once. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(problems.map((one) => [`${one.pointer} ${one.code} ${JSON.stringify(one.params)}`, one]));
  return [...seen.values()];
}
