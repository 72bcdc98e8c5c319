// Which row of the policy matrix a registration belongs to.
import type { ProfileName } from "../../isolation/policy/profile.ts";
import type { RegistrationSpec } from "./registration.ts";

/** What a registration that names no profile is by the resources that it asks for. A gang is several pods with what a GPU's pod gets. */
export function profileNameOf({ profile, resources }: RegistrationSpec): ProfileName {
  if (profile === "gang") return "gpu";
  return profile ?? (resources?.gpu === undefined ? "task" : "gpu");
}
