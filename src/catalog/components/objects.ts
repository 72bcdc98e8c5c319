// The component type `objects`: Kubernetes objects as the user wrote them, for everything that no other type covers.
// They are labelled, compared, waited for and pruned like all others. Fields that only the cluster writes and objects
// in other namespaces are refused, and so are cluster-scoped kinds unless the user allows them. What the user wrote is
// not changed, except that kubemin's labels are added.
import { z } from "zod";
import { isObject, type Json } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { brokenRule, type Problem } from "../../model/problems/problem.ts";
import { defineComponent } from "../define.ts";
import { type Bundle, bundleObjects, bundleProblems, checkRules } from "../parts/objects/bundle.ts";
import { clusterScopedField, outputsField } from "../parts/objects/bundleFields.ts";
import { groupKindOf } from "../parts/objects/clusterScoped.ts";
import { readinessField } from "../parts/objects/readiness.ts";
import { described } from "../sharedFields.ts";

const manifest = z.looseObject({
  apiVersion: described(z.string().min(1), "e.g. apps/v1", "如 apps/v1"),
  kind: described(z.string().min(1), "e.g. Deployment", "如 Deployment"),
  metadata: z.looseObject({
    // Not the rule for component names: other kinds allow other names, and names of Roles may even contain colons.
    name: described(
      z
        .string()
        .max(253)
        .regex(/^[^/%\s]+$/, "a name of a Kubernetes object"),
      "Name of the object",
      "对象名",
    ),
  }),
});

const schema = z.strictObject({
  objects: described(
    z.array(manifest).min(1).max(200),
    "The objects, in the form that kubectl accepts",
    "Kubernetes 对象清单",
  ),
  clusterScoped: clusterScopedField,
  keep: described(
    z.boolean().optional(),
    "Whether objects are kept when the application is deleted; default: only objects that hold data: volumes, namespaces, custom resource definitions",
    "删除应用时是否保留对象；默认只保留承载数据的对象：存储卷、命名空间、自定义资源定义",
  ),
  ready: readinessField,
  outputs: outputsField,
});
type Properties = z.output<typeof schema>;

export const objects = defineComponent({
  name: "objects",
  summary: { en: "Kubernetes objects as they are", zh: "原生 Kubernetes 对象" },
  schema,
  examples: [
    {
      title: { en: "A role for programs", zh: "一个角色" },
      value: {
        objects: [
          {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "Role",
            metadata: { name: "reader" },
            rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
          },
        ],
      },
    },
    {
      title: { en: "A custom resource with its own readiness rule", zh: "带就绪规则的自定义资源" },
      value: {
        objects: [{ apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "one" }, spec: { size: "large" } }],
        ready: [{ kind: "Widget", when: { field: "status.phase", is: "Running" } }],
      },
    },
  ],
  job: "deploy",
  outputs: (_name, properties) => properties.outputs ?? {},
  secrets: secretsIn,
  check: (properties) => [
    ...properties.objects.flatMap((one, index) => checkObject(one, index)),
    ...checkRules(properties.objects, properties.ready ?? []),
  ],
  render(properties, context) {
    const bundle = bundleOf(properties);
    return { pod: null, objects: bundleObjects(bundle, context), problems: bundleProblems(bundle, context) };
  },
});

function bundleOf(properties: Properties): Bundle {
  return {
    // Each object is a Manifest: zod only types its further fields as unknown, and they were parsed from JSON.
    manifests: properties.objects as readonly Manifest[],
    ready: properties.ready ?? [],
    keep: properties.keep,
    clusterScoped: properties.clusterScoped,
    at: (index, ...field) => ["objects", index, ...field],
  };
}

/** Fields that only the cluster writes. Users copy them along from `kubectl get`. */
const SERVER_FIELDS: readonly (readonly string[])[] = [
  ["status"],
  ["metadata", "uid"],
  ["metadata", "resourceVersion"],
  ["metadata", "generation"],
  ["metadata", "creationTimestamp"],
  ["metadata", "managedFields"],
  ["metadata", "deletionTimestamp"],
];

function checkObject(one: Properties["objects"][number], index: number): readonly Problem[] {
  if (one.kind.endsWith("List") && Array.isArray(one["items"]))
    return [
      brokenRule(["objects", index], { en: "write the items, not a list of them", zh: "请逐个写出列表中的对象" }),
    ];
  return SERVER_FIELDS.flatMap((path) => {
    const [first = "", second] = path;
    const holder: Readonly<Record<string, unknown>> = second === undefined ? one : one.metadata;
    if (holder[second ?? first] === undefined) return [];
    const field = path.join(".");
    const text = { en: "{field} is written by the cluster: leave it out", zh: "{field} 由集群写入，请去掉" };
    return [brokenRule(["objects", index, ...path], text, { field })];
  });
}

/**
 * `data` and `stringData` are treated as secret when the kind contains "secret" or is missing, and `stringData` of any
 * other kind too, so that a misspelt kind cannot leak a value.
 */
function secretsIn(properties: Json): readonly Path[] {
  if (!isObject(properties) || !Array.isArray(properties["objects"])) return [];
  return properties["objects"].flatMap((one: Json, index): Path[] => {
    if (!isObject(one)) return [];
    const kind = typeof one["kind"] === "string" ? one["kind"] : "Secret";
    const named = typeof one["apiVersion"] === "string" ? groupKindOf({ apiVersion: one["apiVersion"], kind }) : kind;
    if (!/secret/i.test(named)) return one["stringData"] === undefined ? [] : [["objects", index, "stringData"]];
    return ["data", "stringData"].flatMap((field): Path[] =>
      one[field] === undefined ? [] : [["objects", index, field]],
    );
  });
}
