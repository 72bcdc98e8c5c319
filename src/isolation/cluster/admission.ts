// The rules for job pods as ValidatingAdmissionPolicies, so that they also apply to pods that are not created through
// kubemin. The API server evaluates them by itself and refuses when an evaluation fails. Each rule is a policy of its
// own, so that a refusal names the rule and an operator can remove one rule alone. They apply only to pods with the
// label of job types in namespaces of projects, not to pods of applications or of other tools.
import type { JsonObject } from "../../model/data/json.ts";
import { fill } from "../../model/data/text.ts";
import { ACCOUNT_PREFIX, JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../model/kubernetes/manifest.ts";
import { ADMISSION_RULES, type AdmissionRule } from "./admissionRules.ts";

interface AdmissionSettings {
  /** The prefix of the names of all policies. Default: `kubemin-job`. */
  readonly prefix?: string;
  /** The policies apply to namespaces that have this label, with any value. Default: the label of the project. */
  readonly namespaceLabel?: string;
  /** Schedulers that job pods may name in addition to `default-scheduler`. */
  readonly schedulers?: readonly string[];
}

/** One policy and one binding for each rule. They are cluster-scoped objects. */
export function admissionPolicies(settings: AdmissionSettings = {}): readonly Manifest[] {
  return ADMISSION_RULES.flatMap((rule) => [policy(rule, settings), binding(rule, settings)]);
}

function nameOf(rule: AdmissionRule, { prefix = "kubemin-job" }: AdmissionSettings): string {
  return `${prefix}-${rule.name}.kubemin.dev`;
}

const LABELLED = { [LABELS.managedBy]: MANAGED_BY };

/**
 * Only creations and added ephemeral containers are checked: no other update of a pod can make its spec break a rule.
 */
const RULES: readonly JsonObject[] = [
  { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"], scope: "Namespaced" },
  {
    apiGroups: [""],
    apiVersions: ["v1"],
    resources: ["pods/ephemeralcontainers"],
    operations: ["UPDATE"],
    scope: "Namespaced",
  },
];

function policy(rule: AdmissionRule, settings: AdmissionSettings): Manifest {
  const schedulers = ["default-scheduler", ...(settings.schedulers ?? [])].map((one) => JSON.stringify(one)).join(", ");
  const filled = (text: string): string => fill(text, { accountPrefix: ACCOUNT_PREFIX, schedulers });
  const { expression, culprit } = EXPRESSIONS[rule.of](filled(rule.holds));
  const type = `object.metadata.labels[${JSON.stringify(JOB_LABELS.type)}]`;
  const told = JSON.stringify(`${rule.field} must be: ${filled(rule.wanted)}`);
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: nameOf(rule, settings), labels: LABELLED },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: RULES,
        objectSelector: { matchExpressions: [{ key: JOB_LABELS.type, operator: "Exists" }] },
        matchPolicy: "Equivalent",
      },
      variables: [{ name: "all", expression: ALL }],
      validations: [
        {
          expression,
          messageExpression: `"job type " + ${type} + ": " + ${culprit} + ${told}`,
          message: `${rule.field} must be: ${filled(rule.wanted)}`,
          reason: "Forbidden",
        },
      ],
      auditAnnotations: [{ key: "type", valueExpression: `string(${type})` }],
    },
  };
}

const ALL =
  "object.spec.containers + object.spec.?initContainers.orValue([]) + dyn(object.spec.?ephemeralContainers.orValue([]))";

/** `culprit`: a CEL expression for the container or volume that breaks the rule, used in the message. */
const EXPRESSIONS: Readonly<
  Record<AdmissionRule["of"], (holds: string) => { readonly expression: string; readonly culprit: string }>
> = {
  pod: (holds) => ({ expression: holds, culprit: '""' }),
  container: (holds) => ({
    expression: `variables.all.all(c, ${holds})`,
    culprit: `"container " + variables.all.filter(c, !(${holds}))[0].name + ": "`,
  }),
  volume: (holds) => ({
    expression: `object.spec.?volumes.orValue([]).all(v, ${holds})`,
    culprit: `"volume " + object.spec.volumes.filter(v, !(${holds}))[0].name + ": "`,
  }),
};

function binding(rule: AdmissionRule, settings: AdmissionSettings): Manifest {
  const key = settings.namespaceLabel ?? LABELS.project;
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: nameOf(rule, settings), labels: LABELLED },
    spec: {
      policyName: nameOf(rule, settings),
      validationActions: ["Deny", "Audit"],
      matchResources: { namespaceSelector: { matchExpressions: [{ key, operator: "Exists" }] } },
    },
  };
}
