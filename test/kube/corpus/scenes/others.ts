// Scenes with advisory kinds, kinds that are ready when they exist, custom resources, and the checks that apply to
// every kind.
import { all, condition, exists, field, runsFor, some } from "../judges.ts";
import { autoscaler, budget, daemonSet, deployment, idle, pod } from "../manifests.ts";
import type { Scene } from "../scene.ts";

const READY = { state: "ready", code: "Ready" } as const;
const hpa = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", name: "web" };
const pdb = { apiVersion: "policy/v1", kind: "PodDisruptionBudget", name: "web" };

const ADVISORY: readonly Scene[] = [
  {
    name: "autoscaler-without-metrics",
    subject: hpa,
    objects: [deployment(pod(idle({ resources: { requests: { cpu: "1m" } } }))), autoscaler()],
    until: condition("HorizontalPodAutoscaler", "ScalingActive", "False", "FailedGetResourceMetric"),
    expected: READY,
  },
  {
    name: "autoscaler-without-target",
    subject: hpa,
    objects: [autoscaler()],
    until: condition("HorizontalPodAutoscaler", "AbleToScale", "False", "FailedGetScale"),
    expected: READY,
  },
  {
    name: "autoscaler-of-none-wanted",
    subject: hpa,
    objects: [deployment(pod(), { replicas: 0 }), autoscaler()],
    until: condition("HorizontalPodAutoscaler", "ScalingActive", "False", "ScalingDisabled"),
    expected: { state: "ready", code: "Suspended" },
  },
  {
    name: "budget-met",
    subject: pdb,
    objects: [deployment(pod(), { replicas: 2 }), budget()],
    until: condition("PodDisruptionBudget", "DisruptionAllowed", "True"),
    expected: READY,
  },
  {
    name: "budget-allows-none",
    subject: pdb,
    objects: [deployment(), budget()],
    until: all(condition("PodDisruptionBudget", "DisruptionAllowed", "False", "InsufficientPods"), runsFor(1)),
    expected: READY,
  },
  {
    name: "budget-not-worked-out",
    subject: pdb,
    objects: [daemonSet(), budget({ maxUnavailable: 1 })],
    until: condition("PodDisruptionBudget", "DisruptionAllowed", "False", "SyncFailed"),
    expected: { state: "ready", code: "Advisory" },
  },
];

const plainObject = (apiVersion: string, kind: string, more: object = {}): Scene => ({
  name: `${kind.toLowerCase()}-exists`,
  subject: { apiVersion, kind, name: "web" },
  objects: [{ apiVersion, kind, metadata: { name: "web" }, ...more }],
  until: exists(kind),
  expected: READY,
});

const EXISTING: readonly Scene[] = [
  plainObject("v1", "ConfigMap", { data: { key: "value" } }),
  plainObject("v1", "Secret", { stringData: { key: "not secret" } }),
  plainObject("v1", "ServiceAccount"),
  plainObject("rbac.authorization.k8s.io/v1", "Role", { rules: [] }),
  plainObject("rbac.authorization.k8s.io/v1", "RoleBinding", {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "web" },
  }),
  plainObject("networking.k8s.io/v1", "NetworkPolicy", { spec: { podSelector: {} } }),
  {
    name: "configmap-held-by-a-finalizer",
    subject: { apiVersion: "v1", kind: "ConfigMap", name: "web" },
    objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", finalizers: ["example.com/hold"] } }],
    afterwards: [{ kubectl: ["delete", "configmap", "web", "--wait=false"] }],
    until: some("ConfigMap", (one) => one.metadata.deletionTimestamp !== undefined),
    expected: { state: "progressing", code: "Terminating" },
  },
  {
    name: "namespace-active",
    subject: { apiVersion: "v1", kind: "Namespace", name: "$namespace" },
    objects: [],
    until: field("Namespace", "status.phase", "Active"),
    expected: READY,
  },
];

const definition = (plural: string, kind: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.$namespace.example.com` },
  spec: {
    group: "$namespace.example.com",
    scope: "Namespaced",
    names: { plural, kind, singular: plural.slice(0, -1) },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});
const crd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  name: "widgets.$namespace.example.com",
};
const established = {
  kubectl: [
    "wait",
    "--for=condition=Established",
    "--timeout=60s",
    "customresourcedefinition/widgets.$namespace.example.com",
  ],
};
const widget = { apiVersion: "$namespace.example.com/v1", kind: "Widget", metadata: { name: "web" }, spec: {} };
const mine = { apiVersion: "$namespace.example.com/v1", kind: "Widget", name: "web" };

const reported = (name: string, status: object | null, expected: Scene["expected"]): Scene => ({
  name: `custom-${name}`,
  subject: mine,
  objects: [definition("widgets", "Widget")],
  afterwards: [
    established,
    { apply: [widget] },
    ...(status === null
      ? []
      : [
          {
            kubectl: [
              "patch",
              "widgets.$namespace.example.com",
              "web",
              "--type=merge",
              "--subresource=status",
              "--patch",
              JSON.stringify({ status }),
            ],
          },
        ]),
  ],
  until: exists("Widget"),
  expected,
});
const says = (type: string, value: string, more: object = {}) => ({
  conditions: [{ type, status: value, reason: "Said", message: "by its controller", ...more }],
});

const CUSTOM: readonly Scene[] = [
  {
    name: "crd-established",
    subject: crd,
    objects: [definition("widgets", "Widget")],
    until: condition("CustomResourceDefinition", "Established", "True"),
    expected: READY,
  },
  {
    name: "crd-name-taken",
    subject: { ...crd, name: "gadgets.$namespace.example.com" },
    objects: [definition("widgets", "Widget")],
    afterwards: [established, { apply: [definition("gadgets", "Widget")] }],
    until: condition("CustomResourceDefinition", "NamesAccepted", "False"),
    expected: { state: "failed", code: "RefusedByServer" },
  },
  reported("without-conditions", null, READY),
  reported("ready", says("Ready", "True"), READY),
  reported("not-ready", says("Ready", "False"), { state: "progressing", code: "NotYet" }),
  reported("stalled", says("Stalled", "True"), { state: "failed", code: "RolloutDeadline" }),
  reported("reconciling", says("Reconciling", "True"), { state: "progressing", code: "Starting" }),
  reported(
    "observed-an-older-generation",
    { observedGeneration: 0, ...says("Ready", "True") },
    { state: "progressing", code: "Starting" },
  ),
  reported("condition-of-an-older-generation", says("Ready", "True", { observedGeneration: 0 }), {
    state: "progressing",
    code: "Starting",
  }),
];

export const OTHERS: readonly Scene[] = [...ADVISORY, ...EXISTING, ...CUSTOM];
