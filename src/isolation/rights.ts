// What a job's account may do with the API of the cluster: the granted words (`create,get deployments.apps`) as a Role in one namespace.
// Words are the whole language: no wildcards, nothing that hands out rights or tokens, and nothing of the whole cluster.
import { ACCOUNT_PREFIX } from "../model/jobLabels.ts";
import type { JsonObject } from "../model/json.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../model/manifest.ts";
import { type Problem, problem } from "../model/problem.ts";
import { labelValue } from "./labelValue.ts";
import { NEVER_OPENED } from "./networkPolicy.ts";
import type { PodOrder } from "./order.ts";

interface Right {
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resource: string;
}

const VERBS = new Set(["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]);

/** Those that people write without their group. */
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

/** undefined: not of this form, or nothing that may be granted. */
export function parseRight(text: string): Right | undefined {
  const match = /^([a-z]+(?:,[a-z]+)*) ([a-z]+(?:\/[a-z]+)?)(?:\.([a-z0-9]([-a-z0-9.]*[a-z0-9])?))?$/.exec(text.trim());
  const [, verbs = "", resource = "", written] = match ?? [];
  const group = written ?? GROUPS[resource.replace(/\/.*$/, "")] ?? "";
  const known = verbs.split(",").filter((verb) => VERBS.has(verb));
  if (match === null || known.length < verbs.split(",").length) return undefined;
  return FORBIDDEN_GROUP.test(group) || FORBIDDEN.has(resource) ? undefined : { verbs: known, group, resource };
}

export interface RightsOrder extends Pick<PodOrder, "capabilities" | "grants" | "identity"> {
  /** Where the job may use them. */
  readonly target: string;
}

/** A Role and its binding in the target namespace for the account of one job; both go with the job. Empty: nothing was asked for and granted. */
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
