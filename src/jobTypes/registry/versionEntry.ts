// One version of a registered type with its job definition. Grants and stops are read from the present view at each
// use, because they may have changed.
import type { JobDefinition } from "../../catalog/define.ts";
import type { RegisteredVersion } from "../../ports/registrations.ts";
import type { RegisteredType } from "../registration/registeredType.ts";
import type { Registration } from "../registration/registration.ts";
import { hidingSecret } from "../running/hideSecret.ts";
import { givingOutput } from "../running/sandboxOutput.ts";
import { definitionOf } from "./jobDefinition.ts";
import type { RegistryDependencies } from "./registryDependencies.ts";
import { standingProblems } from "./versionProblems.ts";
import { grantsIn, type RegistryView, stopsIn, type VersionEntry } from "./view.ts";

export function makeEntry(
  { vault, context, clock }: RegistryDependencies,
  stored: RegisteredVersion,
  view: () => RegistryView,
): VersionEntry {
  const { name, owner } = stored;
  const registration = stored.document as unknown as Registration; // registerType.ts checked its shape
  const { runtime } = registration.spec;
  const type: RegisteredType = {
    registration,
    lifecycle: stored.standing,
    grants: (project) => grantsIn(view(), name, project),
    workerSecret: (project) => (runtime.tier === "T2" ? vault.seal(project, vault.open(owner, runtime.secret)) : ""),
  };
  const made = definitionOf(type, context);
  const check: JobDefinition["check"] = (input) => [
    // Stops for one project are checked in registry.ts, where the project is known.
    ...standingProblems(stored, stopsIn(view().types.get(name) ?? { stops: [] }, null), clock.now()),
    ...(made.check?.(input) ?? []),
  ];
  const definition = { ...made, check };
  if (runtime.tier !== "T2") {
    const { output = {} } = registration.spec;
    return { stored, registration, definition: givingOutput(definition, output, context.schemas) };
  }
  return {
    stored,
    registration,
    definition: hidingSecret(definition, () => vault.open(owner, runtime.secret)),
  };
}
