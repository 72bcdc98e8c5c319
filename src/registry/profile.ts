// Which row of the policy matrix a registration belongs to.
import type { ProfileName } from "../isolation/profile.ts";
import type { RegistrationSpec } from "./registration.ts";

/**
 * What a registration that names no profile is by the resources that it asks for. A gang is refused by a check of its own; for the checks
 * beside that one it is what comes closest.
 */
export function profileNameOf({ profile, resources }: RegistrationSpec): ProfileName {
  if (profile === "gang") return "gpu";
  return profile ?? (resources?.gpu === undefined ? "task" : "gpu");
}
