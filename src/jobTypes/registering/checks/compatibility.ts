// The check that a new version is compatible with the newest one of the same major version. A new major version may
// break anything, because the old one stays available.

import { type Problem, problem } from "../../../model/problems/problem.ts";
import { skip } from "../../../model/problems/registrationCheck.ts";
import { incompatibilities } from "../../registration/breakingChanges.ts";
import { byVersion, majorOf } from "../../registration/semver.ts";
import type { CheckDefinition } from "./candidate.ts";

export const compatibilityCheck: CheckDefinition = {
  name: "compatibility",
  after: ["name", "meta-schema"],
  run({ registration: { spec }, earlier }) {
    const before = earlier
      .filter((one) => majorOf(one.spec.version) === majorOf(spec.version))
      .sort((a, b) => byVersion(a.spec.version, b.spec.version))[0];
    if (before === undefined) return { skipped: skip("FirstOfMajor") };
    const broken = incompatibilities(
      { input: before.spec.input, output: before.spec.output ?? {} },
      { input: spec.input, output: spec.output ?? {} },
    );
    const major = majorOf(spec.version) + 1;
    const problems = broken.map((detail): Problem => {
      const at = detail.startsWith("output") ? "/spec/output" : "/spec/input";
      return problem("Incompatible", at, { version: spec.version, before: before.spec.version, detail, major });
    });
    return { problems };
  },
};
