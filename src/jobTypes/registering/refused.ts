// A registration that did not pass: all of its checks, so that whoever sent it sees what went well, too.
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
