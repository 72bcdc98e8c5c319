// Repeats those checks of a registered version whose result depends on grants, so that a version shows what is true after
// a grant: whether everything is granted now, and whether the cluster accepts its pods with the new quota.
import type { CheckResult, RegistrationCheck } from "../../model/problems/registrationCheck.ts";
import { STRUCTURES } from "../../plan/workflow/steps/stepKinds.ts";
import type { Registry } from "../registry/registry.ts";
import type { VersionEntry } from "../registry/view.ts";
import { chosenCluster } from "../running/isolated/trialCluster.ts";
import type { Candidate, CheckDefinition, Means } from "./checks/candidate.ts";
import { outcomeOf } from "./checks/checkRegistration.ts";
import { dryRunCheck } from "./checks/dryRun.ts";
import { grantCheck } from "./checks/policy.ts";

/** Milliseconds that the cluster may take for the dry run. A grant is stored whatever the cluster answers. */
const PATIENCE = 15_000;

const AGAIN: ReadonlyMap<RegistrationCheck, CheckDefinition> = new Map(
  [dryRunCheck, grantCheck].map((one) => [one.name, one]),
);

export function meansOf({ dependencies }: Registry, signal: AbortSignal): Means {
  const { outgoing, context, catalog } = dependencies;
  const { schemas, runtime } = context;
  return {
    schemas,
    ...(runtime === undefined ? {} : { runtime }),
    outgoing,
    sinks: dependencies.store.sinks,
    signal,
    ownNames: new Set([...catalog.jobs.keys(), ...STRUCTURES]),
  };
}

/** All checks of the version, the repeated ones with their new result. `granted`: with the grants of now. */
export async function checkAgain(
  registry: Registry,
  { stored }: VersionEntry,
  granted: Candidate,
): Promise<readonly CheckResult[]> {
  const signal = AbortSignal.timeout(PATIENCE);
  const cluster = await chosenCluster(registry.dependencies.clusters, granted.project, {});
  const candidate = { ...granted, cluster, mayCreate: true };
  const repeated = async (before: CheckResult): Promise<CheckResult> => {
    const check = before.because?.code === "Blocked" ? undefined : AGAIN.get(before.check);
    if (check === undefined || before.result !== "skipped") return before;
    try {
      return await outcomeOf(check, candidate, meansOf(registry, signal));
    } catch (error) {
      if (signal.aborted) return before;
      throw error;
    }
  };
  return await Promise.all(stored.checks.map(repeated));
}
