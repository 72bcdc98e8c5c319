// The check of name and version. A name belongs to kubemin or to the project that registered it first. Within a major
// version, each new version must be higher.
import { type Problem, problem } from "../../../model/problems/problem.ts";
import { byVersion, majorOf } from "../../registration/semver.ts";
import type { CheckDefinition } from "./candidate.ts";

export const nameCheck: CheckDefinition = {
  name: "name",
  after: ["shape"],
  run({ registration, project, owner, earlier }, { ownNames }) {
    const { name } = registration.metadata;
    const { version } = registration.spec;
    const problems: Problem[] = [];
    if (ownNames.has(name)) problems.push(problem("BuiltinName", "/metadata/name", { name }));
    if (owner !== undefined && owner !== project)
      problems.push(problem("OtherOwner", "/metadata/name", { name, owner }));
    const before = earlier
      .map(({ spec }) => spec.version)
      .filter((one) => majorOf(one) === majorOf(version))
      .sort(byVersion)[0];
    if (before !== undefined && byVersion(version, before) >= 0)
      problems.push(problem("VersionOrder", "/spec/version", { version, before }));
    return { problems };
  },
};
