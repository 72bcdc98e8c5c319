// Passes secret values of an input to a pod. They are never written into the pod spec, which each user with the right
// to read pods can see, but into a Secret that is created for the attempt and removed with it. A template uses a secret
// value as the whole value of a variable, or as a file of the Secret `{{run.secret}}`.
import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import { isSealed, maskText } from "../../../model/document/sealed.ts";
import { JOB_LABELS } from "../../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../../model/kubernetes/manifest.ts";
import { ONLY_PLACEHOLDER, pathOf } from "../fillTemplate.ts";

/** Sealed values by their path in the input: `key`, `login.password`. */
export type SecretInputs = Readonly<Record<string, string>>;

export function secretInputsOf(input: JsonObject): SecretInputs {
  return Object.fromEntries(sealedIn(input, []));
}

function sealedIn(value: Json | undefined, path: readonly string[]): readonly (readonly [string, string])[] {
  if (isSealed(value)) return [[path.join("."), value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => sealedIn(inner, [...path, key]));
}

/** Replaces `value: "{{input.key}}"` of a variable with a reference to the Secret, when that input is secret. */
export function withSecretVariables(template: Json, secrets: SecretInputs, name: string): Json {
  if (Array.isArray(template)) return template.map((item: Json) => withSecretVariables(item, secrets, name));
  if (!isObject(template)) return template;
  const key = keyNamed(template["value"], secrets);
  if (key !== undefined && typeof template["name"] === "string") {
    const { value: _, ...rest } = template;
    return { ...rest, valueFrom: { secretKeyRef: { name, key } } };
  }
  return Object.fromEntries(
    Object.entries(template).flatMap(([field, inner]) =>
      inner === undefined ? [] : [[field, withSecretVariables(inner, secrets, name)]],
    ),
  );
}

function keyNamed(value: Json | undefined, secrets: SecretInputs): string | undefined {
  const placeholder = typeof value === "string" ? ONLY_PLACEHOLDER.exec(value)?.[1] : undefined;
  if (placeholder === undefined) return undefined;
  const [root, ...path] = pathOf(placeholder);
  const key = path.join(".");
  return root === "input" && Object.hasOwn(secrets, key) ? key : undefined;
}

/** `true` when the filled template contains a secret value. */
export function showsSecret(filled: Json): boolean {
  const text = JSON.stringify(filled);
  return maskText(text) !== text;
}

export function inputSecret(
  secrets: SecretInputs,
  {
    name,
    namespace,
    project,
    type,
  }: { readonly name: string; readonly namespace: string; readonly project: string; readonly type: string },
): readonly Manifest[] {
  if (Object.keys(secrets).length === 0) return [];
  const labels = { [LABELS.managedBy]: MANAGED_BY, [LABELS.project]: project, [JOB_LABELS.type]: type };
  const metadata = { name, namespace, labels };
  return [{ apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", stringData: secrets }];
}
