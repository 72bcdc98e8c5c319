// The checks of a registered version as they stand now. They were run when it was registered. Since then the project may
// have been granted what it asked for, or have lost it, so the check of the grants is run again for each answer.
import { type CheckResult, skip } from "../../model/problems/registrationCheck.ts";
import type { Registry } from "../registry/registry.ts";
import { grantsIn, type VersionEntry } from "../registry/view.ts";
import { missingOf } from "./lifecycle.ts";

export function presentChecks(registry: Registry, entry: VersionEntry): readonly CheckResult[] {
  return entry.stored.checks.map((one) => (one.check === "grant" ? presentGrants(registry, entry, one) : one));
}

function presentGrants(registry: Registry, entry: VersionEntry, stored: CheckResult): CheckResult {
  // A check that was skipped because an earlier one failed says that, whatever was granted.
  if (stored.because !== undefined && stored.because.code !== "WaitsForGrant") return stored;
  // A grant that cannot be read is shown with its fields next to the checks.
  if (!grantsIn(registry.view(), entry.stored.name, entry.stored.owner).ok) return stored;
  const problems = missingOf(registry, entry);
  return problems.length === 0
    ? { check: "grant", result: "ok", problems }
    : { check: "grant", result: "skipped", problems, because: skip("WaitsForGrant") };
}
