// Registered types without a registry, for tests: documents as a team would send them, with grants.
import type { JobDefinition } from "../../src/catalog/define.ts";
import type { JobTypes } from "../../src/catalog/jobTypes.ts";
import { type Grants, NO_GRANTS } from "../../src/isolation/policy/capability.ts";
import type { RegisteredType } from "../../src/jobTypes/registration/registeredType.ts";
import { registrationShape } from "../../src/jobTypes/registration/shape.ts";
import { definitionOf } from "../../src/jobTypes/registry/jobDefinition.ts";
import { createSchemas } from "../../src/jobTypes/schemas/schemas.ts";
import type { JsonObject } from "../../src/model/data/json.ts";

export const SURROUNDINGS = { schemas: createSchemas(), resolve: async () => [] };

/** A small pod type without outputs, with the fields of `spec` replaced. */
export function registered(
  name: string,
  spec: JsonObject,
  more: { readonly grants?: Partial<Grants>; readonly secret?: string } = {},
): RegisteredType {
  const base = {
    version: "1.0.0",
    summary: name,
    input: { type: "object" },
    runtime: { tier: "T1", image: "busybox:1.36" },
  };
  const registration = registrationShape.parse({
    apiVersion: "kubemin.dev/v1",
    kind: "JobType",
    metadata: { name, owner: "default" },
    spec: { ...base, ...spec },
  });
  return {
    registration,
    lifecycle: "active",
    grants: () => ({ ok: true, grants: { ...NO_GRANTS, ...more.grants } }),
    workerSecret: () => more.secret ?? "",
  };
}

export function withTypes(builtin: JobTypes, types: readonly RegisteredType[]): JobTypes {
  const own = new Map<string, JobDefinition>(
    types.map((type) => [type.registration.metadata.name, definitionOf(type, SURROUNDINGS)]),
  );
  return {
    find: (project, name, version) => own.get(name) ?? builtin.find(project, name, version),
    usable: (project) => new Map([...builtin.usable(project), ...own]),
  };
}
