// One version of a registered type with what runs it. What it was granted and what stops it is looked up at each use: it may have changed.
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
  const registration = stored.document as unknown as Registration; // written by `register`, after its shape was checked
  const { runtime } = registration.spec;
  const type: RegisteredType = {
    registration,
    lifecycle: stored.standing,
    grants: (project) => grantsIn(view(), name, project),
    workerSecret: (project) => (runtime.tier === "T2" ? vault.seal(project, vault.open(owner, runtime.secret)) : ""),
  };
  const made = definitionOf(type, context);
  const check: JobDefinition["check"] = (input) => [
    // What stops it in one project only is looked at where the project is known: see registry.ts.
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
