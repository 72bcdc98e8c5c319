// The rules for job pods as ValidatingAdmissionPolicies: the API server asks nobody else and refuses when in doubt, so that a pod written
// past kubemin meets them too. One policy per rule, so that a refusal names the rule and one of them can be taken away alone.
// Only pods with the label of job types in namespaces of projects: applications, and everybody else, are not touched.

import type { JsonObject } from "../../model/data/json.ts";
import { fill } from "../../model/data/text.ts";
import { ACCOUNT_PREFIX, JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../model/kubernetes/manifest.ts";
import { ADMISSION_RULES, type AdmissionRule } from "./admissionRules.ts";

export interface AdmissionSettings {
  /** Before the names of all policies. */
  readonly prefix?: string;
  /** Namespaces with this label are bound, whatever its value. */
  readonly namespaceLabel?: string;
  /** Beside the cluster's own. */
  readonly schedulers?: readonly string[];
}

/** Policies and their bindings, two for each rule; they belong to the whole cluster. */
export function admissionPolicies(settings: AdmissionSettings = {}): readonly Manifest[] {
  return ADMISSION_RULES.flatMap((rule) => [policy(rule, settings), binding(rule, settings)]);
}

function nameOf(rule: AdmissionRule, { prefix = "kubemin-job" }: AdmissionSettings): string {
  return `${prefix}-${rule.name}.kubemin.dev`;
}

const LABELLED = { [LABELS.managedBy]: MANAGED_BY };

/** Changes of a pod are not asked about: its spec cannot become worse, but for containers that are added to it. */
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

/** `culprit`: who breaks it, for the message. */
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
