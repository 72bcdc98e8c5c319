// What a job's account may do with the Kubernetes API: the granted rights (`create,get deployments.apps`) as a Role in
// one namespace. The notation has no wildcards, and it refuses everything that would give rights or tokens to others,
// and cluster-wide rights.
import type { JsonObject } from "../../model/data/json.ts";
import { ACCOUNT_PREFIX } from "../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../model/kubernetes/manifest.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import { labelValue } from "../policy/labelValue.ts";
import type { PodOrder } from "../policy/order.ts";
import { NEVER_OPENED } from "./networkPolicy.ts";

interface Right {
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resource: string;
}

const VERBS = new Set(["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]);

/** API groups of resources that users write without a group. */
const GROUPS: Readonly<Record<string, string>> = {
  deployments: "apps",
  statefulsets: "apps",
  daemonsets: "apps",
  replicasets: "apps",
  jobs: "batch",
  cronjobs: "batch",
  ingresses: "networking.k8s.io",
  horizontalpodautoscalers: "autoscaling",
  poddisruptionbudgets: "policy",
};

const FORBIDDEN_GROUP =
  /^(?:rbac\.authorization|certificates|admissionregistration|authentication|authorization)\.k8s\.io$/;
const FORBIDDEN = new Set(["serviceaccounts/token", "nodes/proxy", "pods/ephemeralcontainers"]);

/** `undefined` when the text does not have this form, or the right must never be granted. */
function parseRight(text: string): Right | undefined {
  const match = /^([a-z]+(?:,[a-z]+)*) ([a-z]+(?:\/[a-z]+)?)(?:\.([a-z0-9]([-a-z0-9.]*[a-z0-9])?))?$/.exec(text.trim());
  const [, verbs = "", resource = "", written] = match ?? [];
  const group = written ?? GROUPS[resource.replace(/\/.*$/, "")] ?? "";
  const known = verbs.split(",").filter((verb) => VERBS.has(verb));
  if (match === null || known.length < verbs.split(",").length) return undefined;
  return FORBIDDEN_GROUP.test(group) || FORBIDDEN.has(resource) ? undefined : { verbs: known, group, resource };
}

interface RightsOrder extends Pick<PodOrder, "capabilities" | "grants" | "identity"> {
  /** The namespace in which the job may use the rights. */
  readonly target: string;
}

/**
 * A Role and its binding in the target namespace for the account of one job; both are removed with the job. `objects`
 * is empty when nothing was both asked for and granted.
 */
export function jobRights(order: RightsOrder): {
  readonly objects: readonly Manifest[];
  readonly problems: readonly Problem[];
} {
  const { capabilities, grants, identity, target } = order;
  const asked = capabilities.k8s.map((text, index) => ({ text, index, right: parseRight(text) }));
  const problems = asked.flatMap(({ text, index, right }) =>
    right === undefined ? [problem("RightForm", ["capabilities", "k8s", index], { value: text })] : [],
  );
  const rules = asked.flatMap(({ text, right }) =>
    right === undefined || !grants.k8s.includes(text) ? [] : [ruleOf(right)],
  );
  if (problems.length > 0 || rules.length === 0) return { objects: [], problems };
  if (target !== identity.namespace && NEVER_OPENED.test(target))
    return {
      objects: [],
      problems: [problem("AddressBlocked", ["capabilities", "k8s"], { address: target, what: "platform" })],
    };
  return { objects: [role(order, rules), binding(order)], problems: [] };
}

function ruleOf({ verbs, group, resource }: Right): JsonObject {
  return { apiGroups: [group], resources: [resource], verbs };
}

function metadataOf({ identity, target }: RightsOrder): Manifest["metadata"] {
  const labels = { [LABELS.managedBy]: MANAGED_BY, [LABELS.project]: labelValue(identity.project) };
  return { name: `${ACCOUNT_PREFIX}${identity.name}`, namespace: target, labels };
}

function role(order: RightsOrder, rules: readonly JsonObject[]): Manifest {
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: metadataOf(order), rules };
}

function binding(order: RightsOrder): Manifest {
  const metadata = metadataOf(order);
  const subject = { kind: "ServiceAccount", name: metadata.name, namespace: order.identity.namespace };
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
    subjects: [subject],
  };
}
