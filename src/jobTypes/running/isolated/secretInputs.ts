// Secret values of an input on their way to a pod: never in its spec, where everybody reads them who may read pods, but in a Secret that is
// made for the attempt and goes with it. A template takes one as the whole value of a variable, or as a file of `{{run.secret}}`.
import { isObject, type Json, type JsonObject } from "../../../model/data/json.ts";
import { isSealed, maskText } from "../../../model/document/sealed.ts";
import { JOB_LABELS } from "../../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../../model/kubernetes/manifest.ts";
import { ONLY_PLACEHOLDER, pathOf } from "../fillTemplate.ts";

/** By their path in the input, as one word: `key`, `login.password`. The values are sealed. */
export type SecretInputs = Readonly<Record<string, string>>;

export function secretInputsOf(input: JsonObject): SecretInputs {
  return Object.fromEntries(sealedIn(input, []));
}

function sealedIn(value: Json | undefined, path: readonly string[]): readonly (readonly [string, string])[] {
  if (isSealed(value)) return [[path.join("."), value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => sealedIn(inner, [...path, key]));
}

/** `value: "{{input.key}}"` of a variable becomes a look into the Secret. */
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

/** True: a secret stands where everybody could read it. */
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
