// The metadata of a Kubernetes object: name and namespace have a place, what the cluster writes needs none.
import type { Json } from "../../model/json.ts";
import { valueAt } from "../draft.ts";
import { put, say } from "../ledger.ts";
import { applyRules, fieldsOf, needless, type Rule, type Rules, type Spot } from "../rules.ts";
import { advised, CLUSTERS_OWN, SELF_MADE, words } from "../words.ts";

const ONE_NAMESPACE = advised(
  ["one application lives in one namespace", "一个应用只在一个命名空间中"],
  ["make an application of its own from the objects of that namespace", "请把该命名空间的对象另建一个应用"],
);
const WRITTEN_BY_TOOLS = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "deployment.kubernetes.io/revision",
]);
const SELECTS = words(
  "not needed: kubemin selects pods by labels of its own",
  "无需填写：kubemin 用自己的标签选择 Pod",
);
const STANDARD = /^(app|app\.kubernetes\.io\/.+|pod-template-hash|controller-uid|job-name|batch\.kubernetes\.io\/.+)$/;

/** The first one that is written decides; the others must say the same. */
export const namespaceRule: Rule = (spot) => {
  const { value, at, importing } = spot;
  const present: Json | undefined = valueAt(importing.head, ["namespace"]);
  const target = { draft: importing.head, path: ["namespace"] };
  if (present === undefined) put(importing.ledger, target, value, at);
  else if (present === value) say(importing.ledger, at, "taken", undefined, target);
  else say(importing.ledger, at, "unsupported", ONE_NAMESPACE);
};

/** Labels that only find the object's own pods are kubemin's business; others become the trait of that name, where there is one. */
export function labelsRule(trait: "labels" | "annotations", selected: ReadonlySet<string> = new Set()): Rule {
  return (spot) => {
    for (const [key, label] of fieldsOf(spot)) {
      const { draft, importing } = spot;
      if (WRITTEN_BY_TOOLS.has(key)) say(importing.ledger, label.at, "changed", CLUSTERS_OWN);
      else if (trait === "labels" && (selected.has(key) || STANDARD.test(key)))
        say(importing.ledger, label.at, "changed", selected.has(key) ? SELECTS : SELF_MADE);
      else put(importing.ledger, { draft, path: ["traits", trait, key] }, label.value, label.at);
    }
  };
}

const clustersOwn = needless(CLUSTERS_OWN);

export const METADATA: Rules = {
  namespace: namespaceRule,
  uid: clustersOwn,
  resourceVersion: clustersOwn,
  generation: clustersOwn,
  creationTimestamp: clustersOwn,
  selfLink: clustersOwn,
  managedFields: clustersOwn,
};

/** Metadata of an object that becomes a component; its name was used already. */
export function metadata(spot: Spot<unknown>, selected: ReadonlySet<string> = new Set()): void {
  applyRules({ ...METADATA, labels: labelsRule("labels", selected), annotations: labelsRule("annotations") }, spot);
}
