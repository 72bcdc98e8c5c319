// Environment variables: the forms of a value that main containers, sidecars and init containers share. The order is
// the document's, because a value may use an earlier one as $(NAME), exactly as in a Kubernetes manifest. A value that
// comes from another component, a Secret or a ConfigMap is never expanded.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";
import { literalText } from "../../../model/kubernetes/kubeletExpansion.ts";
import { DATA_KEY, ENV_NAME } from "../../../model/kubernetes/name.ts";
import type { Reference, RenderContext } from "../../define.ts";
import { componentName, described, objectName, scalar } from "../../sharedFields.ts";

const key = () =>
  described(z.string().regex(DATA_KEY, "letters, digits, '-', '_' and '.'"), "Key in its data", "其中的键");
const external = () =>
  described(
    z.boolean().optional(),
    "Something outside this document creates it, perhaps later",
    "由本文档之外创建，可能稍后才有",
  );

/**
 * Pod fields that Kubernetes offers as variables:
 * https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
 */
const POD_FIELD =
  /^(?:metadata\.(?:name|namespace|uid|(?:labels|annotations)\['[^']+'\])|spec\.(?:nodeName|serviceAccountName)|status\.(?:hostIPs?|podIPs?))$/;

const envValue = z.union([
  scalar(),
  z.strictObject({ value: described(scalar(), "The value", "值") }),
  z.strictObject({
    secret: described(objectName(), "Name of a Secret", "Secret 名"),
    key: key(),
    external: external(),
  }),
  z.strictObject({
    config: described(objectName(), "Name of a ConfigMap", "ConfigMap 名"),
    key: key(),
    external: external(),
  }),
  z.strictObject({
    field: described(
      z.string().regex(POD_FIELD, "one of the fields that Kubernetes gives to programs, such as status.podIP"),
      "Field of the pod, e.g. status.podIP",
      "Pod 字段，如 status.podIP",
    ),
  }),
  z.strictObject({
    resource: described(
      z
        .string()
        .regex(/^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/, "a resource such as limits.memory"),
      "Resource of the container, e.g. limits.memory",
      "容器资源，如 limits.memory",
    ),
  }),
  z.strictObject({
    component: described(componentName(), "Another component; it is deployed before this one", "另一个组件，会先部署"),
    output: described(
      z.string().default("url"),
      "Which of its outputs is used: url, host, port, address",
      "使用它的哪个输出：url、host、port、address",
    ),
  }),
]);

export const envField = () =>
  described(
    z.record(
      z.string().regex(ENV_NAME, "letters, digits, '_', '-' and '.', not starting with a digit, '-' or '.'"),
      envValue,
    ),
    "Environment variables: name -> text, number, or where the value comes from",
    "环境变量：名称 -> 文本、数字或取值来源",
  );

type Env = z.output<ReturnType<typeof envField>>;

export function envVariables(env: Env, context: RenderContext): readonly JsonObject[] {
  return Object.entries(env).map(([name, entry]) => variable(name, entry, context));
}

/** The API server treats fieldRef and resourceFieldRef as one piece, so their defaults are written out. */
function variable(name: string, entry: Env[string], context: RenderContext): JsonObject {
  if (typeof entry !== "object") return written(name, entry);
  if ("value" in entry) return written(name, entry.value);
  if ("component" in entry) return written(name, literalText(context.output(entry.component, entry.output)));
  if ("secret" in entry) return { name, valueFrom: { secretKeyRef: { name: entry.secret, key: entry.key } } };
  if ("config" in entry) return { name, valueFrom: { configMapKeyRef: { name: entry.config, key: entry.key } } };
  if ("field" in entry) return { name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: entry.field } } };
  return { name, valueFrom: { resourceFieldRef: { resource: entry.resource, divisor: "0" } } };
}

/** An empty value is left out: it is the default, and the API server drops it. */
function written(name: string, value: string | number | boolean): JsonObject {
  return value === "" ? { name } : { name, value: String(value) };
}

export function envReferences(env: Env | undefined, path: Path): readonly Reference[] {
  return Object.entries(env ?? {}).flatMap(([name, entry]): Reference[] => {
    if (typeof entry !== "object") return [];
    if ("component" in entry)
      return [{ kind: "component", name: entry.component, output: entry.output, path: [...path, name, "component"] }];
    if ("secret" in entry)
      return [
        { kind: "Secret", name: entry.secret, path: [...path, name, "secret"], ...keyOf(entry, [...path, name]) },
      ];
    if ("config" in entry)
      return [
        { kind: "ConfigMap", name: entry.config, path: [...path, name, "config"], ...keyOf(entry, [...path, name]) },
      ];
    return [];
  });
}

function keyOf(entry: { readonly key: string; readonly external?: boolean | undefined }, path: Path) {
  return { keys: [{ key: entry.key, path: [...path, "key"] }], ...outside(entry.external) };
}

function outside(external: boolean | undefined): { readonly external?: boolean } {
  return external === undefined ? {} : { external };
}
