// The error for a registration that did not pass. It contains the results of all checks, so that the user also sees
// what succeeded.
import { PlatformError } from "../../model/errors/errors.ts";
import type { CheckResult } from "../../model/problems/registrationCheck.ts";

export class RegistrationRefused extends PlatformError {
  readonly checks: readonly CheckResult[];

  constructor(checks: readonly CheckResult[]) {
    const failed = checks.filter((one) => one.result === "failed");
    const problems = failed.flatMap((one) => one.problems);
    super("InvalidRegistration", { failed: failed.map((one) => one.check).join(", ") }, { problems });
    this.name = "RegistrationRefused";
    this.checks = checks;
  }
}
