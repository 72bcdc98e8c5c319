// The metadata of a Kubernetes object: the namespace, labels and annotations are imported; fields that the cluster
// writes are not needed.
import type { Json } from "../../model/data/json.ts";
import { place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, CLUSTERS_OWN, SELF_MADE, words } from "../mapping/reportWords.ts";
import { applyRules, type FieldRule, type FieldRules, fieldsOf, type InputPart, needless } from "../mapping/rules.ts";

const ONE_NAMESPACE = advised(
  ["all objects of an application are in one namespace", "一个应用的对象都在同一个命名空间中"],
  ["import the objects of that namespace as a separate application", "请把该命名空间的对象导入为另一个应用"],
);
const WRITTEN_BY_TOOLS = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "deployment.kubernetes.io/revision",
]);
const SELECTS = words("not needed: kubemin selects pods by its own labels", "无需填写：kubemin 用自己的标签选择 Pod");
const STANDARD =
  /^(app\.kubernetes\.io\/(name|instance|component|part-of|managed-by)|pod-template-hash|controller-uid|job-name|batch\.kubernetes\.io\/.+)$/;
/**
 * Where the trait `metadata` writes labels and annotations: on all objects of the component, on its pods, or on both.
 */
type Where = readonly ("objects" | "pods")[];
const ON_ALL = words("written to every object of the component", "写到组件的所有对象上");
const ON_BOTH = words("written to every object of the component and to its pods", "写到组件的所有对象与 Pod 上");

/** The rule for a namespace. The first namespace of the input decides; another one is reported as not supported. */
export const namespaceRule: FieldRule = (part) => {
  const { value, at, importing } = part;
  const present: Json | undefined = valueAt(importing.head, ["namespace"]);
  const target = { draft: importing.head, path: ["namespace"] };
  if (present === undefined) put(importing.ledger, target, value, at);
  else if (present === value) say(importing.ledger, at, "taken", undefined, target);
  else say(importing.ledger, at, "unsupported", ONE_NAMESPACE);
};

/**
 * The rule for labels or annotations. They become the trait `metadata`, except labels that kubemin or the cluster sets
 * itself.
 */
export function labelsRule(
  kind: "labels" | "annotations",
  where: Where,
  selected: ReadonlySet<string> = new Set(),
): FieldRule {
  return (part) => {
    for (const [key, label] of fieldsOf(part)) {
      const { ledger } = part.importing;
      if (WRITTEN_BY_TOOLS.has(key)) say(ledger, label.at, "changed", CLUSTERS_OWN);
      else if (kind === "labels" && (selected.has(key) || STANDARD.test(key)))
        say(ledger, label.at, "changed", selected.has(key) ? SELECTS : SELF_MADE);
      else writeLabel(label, { kind, where, key });
    }
  };
}

interface Label {
  readonly kind: "labels" | "annotations";
  readonly where: Where;
  readonly key: string;
}

function writeLabel(label: InputPart<unknown>, { kind, where, key }: Label): void {
  const { draft, importing, value, at } = label;
  const [first, ...others] = where.map((one) => ({ draft, path: ["traits", "metadata", one, kind, key] }));
  if (first === undefined) return;
  for (const other of others) place(draft, other.path, value);
  // Several objects may become one component. A label that they all have is written once.
  if (valueAt(draft, first.path) === value) say(importing.ledger, at, "changed", ON_ALL, first);
  else put(importing.ledger, first, value, at, others.length > 0 ? ON_BOTH : undefined);
}

const clustersOwn = needless(CLUSTERS_OWN);

export const METADATA: FieldRules = {
  namespace: namespaceRule,
  uid: clustersOwn,
  resourceVersion: clustersOwn,
  generation: clustersOwn,
  creationTimestamp: clustersOwn,
  selfLink: clustersOwn,
  managedFields: clustersOwn,
};

/** Imports the metadata of an object that becomes a component, except the name, which the caller imports. */
export function metadata(part: InputPart<unknown>, where: Where, selected: ReadonlySet<string> = new Set()): void {
  const labels = labelsRule("labels", where, selected);
  applyRules({ ...METADATA, labels, annotations: labelsRule("annotations", where) }, part);
}
