// Which row of the policy matrix a registration belongs to.
import type { ProfileName } from "../isolation/profile.ts";
import type { RegistrationSpec } from "./registration.ts";

/** What a registration that names no profile is by the resources that it asks for. */
export function profileNameOf({ profile, resources }: RegistrationSpec): ProfileName {
  if (profile !== undefined) return profile;
  const gpu = resources?.gpu;
  return gpu === undefined ? "task" : gpu.gang === true ? "gang" : "gpu";
}
