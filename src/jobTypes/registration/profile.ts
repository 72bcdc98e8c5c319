// Selects the isolation profile of a registration (the profiles are in src/isolation).
import type { ProfileName } from "../../isolation/policy/profile.ts";
import type { RegistrationSpec } from "./registration.ts";

/**
 * The default is `gpu` when the registration asks for GPUs, otherwise `task`. The pods of a `gang` get the same as a
 * `gpu` pod.
 */
export function profileNameOf({ profile, resources }: RegistrationSpec): ProfileName {
  if (profile === "gang") return "gpu";
  return profile ?? (resources?.gpu === undefined ? "task" : "gpu");
}
