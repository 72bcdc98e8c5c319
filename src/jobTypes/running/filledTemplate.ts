// Fills the template of a job type with the values of one run. Pure: runs and the checks of a registration use the same
// function. Isolation (isolated/isolate.ts) comes later.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { toPointer } from "../../model/data/pointer.ts";
import { mapStrings, sealedToken } from "../../model/document/sealed.ts";
import { lookUp } from "../../plan/workflow/steps/lookUp.ts";
import { MOST_PODS, type RegistrationSpec } from "../registration/registration.ts";
import { withDefaults } from "../schemas/defaults.ts";
import { secretPaths } from "../schemas/secretPaths.ts";
import { POD_TEMPLATE } from "./expandedFields.ts";
import { fillTemplate, type TemplateValues } from "./fillTemplate.ts";
import { type SecretInputs, secretInputsOf, showsSecret, withSecretVariables } from "./isolated/secretInputs.ts";
import { withTexts } from "./podText.ts";
import { templateOf } from "./templateOf.ts";

interface FilledTemplate {
  readonly template: JsonObject;
  /** Addresses to which this run connects: `192.0.2.7:22`. */
  readonly targets: readonly string[];
  readonly secrets: SecretInputs;
  /** Number of pods that run at the same time. */
  readonly pods: number;
}

/**
 * `missing`: a placeholder has no value. `secret`: a secret value would be readable in the pod spec. `pods`: the number
 * of pods is not an integer from 1 to `MOST_PODS`.
 */
export type Drafted =
  | { readonly kind: "draft"; readonly draft: FilledTemplate }
  | { readonly kind: "missing"; readonly path: string }
  | { readonly kind: "secret" }
  | { readonly kind: "pods"; readonly given: string };

const PLACES = { fields: { template: POD_TEMPLATE } };

/** Expects an input whose secret values are sealed. */
export function draftOf(spec: RegistrationSpec, input: JsonObject, run: TemplateValues["run"]): Drafted {
  const complete = withDefaults(spec.input, input);
  const secrets = secretInputsOf(complete);
  const template = withSecretVariables(templateOf(spec), secrets, run.secret);
  const targets: Json = spec.runtime.tier === "T2" ? [] : (spec.runtime.targets ?? []);
  const count: Json = spec.runtime.tier === "T1" ? (spec.runtime.pods ?? 1) : 1;
  const filled = fillTemplate({ template, targets, pods: count }, { input: complete, run }, PLACES);
  if (!filled.ok) return { kind: "missing", path: filled.missing };
  if (showsSecret(filled.value)) return { kind: "secret" };
  // Without a number, for example from an absent optional input, there is one pod.
  const { template: pod, targets: named, pods = 1 } = isObject(filled.value) ? filled.value : {};
  if (typeof pods !== "number" || !Number.isInteger(pods) || pods < 1 || pods > MOST_PODS)
    return { kind: "pods", given: JSON.stringify(pods) };
  return {
    kind: "draft",
    draft: {
      template: withTexts(isObject(pod) ? pod : {}),
      targets: Array.isArray(named) ? named.map(String) : [],
      secrets,
      pods,
    },
  };
}

/** An example as the API would pass it on: its secret values are replaced by sealed tokens, which cannot be opened. */
export function sealedExample({ input: schema }: RegistrationSpec, input: JsonObject): JsonObject {
  const secret = new Set(secretPaths(schema, input).map((path) => JSON.stringify(lookUp(input, toPointer(path)))));
  const sealed = mapStrings(input, (text) => (secret.has(JSON.stringify(text)) ? sealedToken("example") : text));
  return isObject(sealed) ? sealed : {};
}
