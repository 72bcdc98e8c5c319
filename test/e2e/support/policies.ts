// Cluster-wide policies that apply only to one namespace of the test. The Namespace owns them, so they are removed with
// it.
import { setTimeout as pause } from "node:timers/promises";
import { apply, get, tryKubectl } from "./kubectl.ts";

interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

export async function applyForNamespace(namespace: string, ...objects: readonly ClusterObject[]): Promise<void> {
  const owner = await get(namespace, "namespace", namespace);
  const ownerReferences = [{ apiVersion: "v1", kind: "Namespace", name: namespace, uid: owner?.metadata.uid }];
  await apply(namespace, ...objects.map((one) => ({ ...one, metadata: { ...one.metadata, ownerReferences } })));
}

const only = (namespace: string) => ({ matchLabels: { "kubernetes.io/metadata.name": namespace } });

/** A ValidatingAdmissionPolicy that refuses every new object of this resource. */
export async function refuseBy(
  namespace: string,
  { group, resource }: { readonly group: string; readonly resource: string },
): Promise<void> {
  const name = `kubemin-${namespace}-${resource}`;
  const rule = { apiGroups: [group], apiVersions: ["v1"], operations: ["CREATE"], resources: [resource] };
  await applyForNamespace(
    namespace,
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata: { name },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression: "'cost-centre' in variables.labels", message: `${resource} need a cost centre` }],
        variables: [{ name: "labels", expression: "has(object.metadata.labels) ? object.metadata.labels : {}" }],
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ["Deny"],
        matchResources: { namespaceSelector: only(namespace) },
      },
    },
  );
  await untilRefused(namespace, PROBES[resource] ?? {}, /cost centre/);
}

const template = { spec: { containers: [{ name: "main", image: "none" }] } };
const labels = { app: "probe" };
const PROBES: Readonly<Record<string, object>> = {
  pods: { apiVersion: "v1", kind: "Pod", metadata: { name: "probe" }, ...template },
  deployments: {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "probe" },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, ...template } },
  },
};

/** Sends dry runs until one is refused: the API server applies a policy after a moment, and this cannot be watched. */
async function untilRefused(namespace: string, probe: object, words: RegExp): Promise<void> {
  const create = ["--namespace", namespace, "create", "--dry-run=server", "--filename", "-"];
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await pause(200)) {
    const { stderr } = await tryKubectl(create, JSON.stringify(probe));
    if (words.test(stderr)) return;
  }
  throw new Error(`the API server never learnt of the rule in ${namespace}`);
}

/** A webhook to which no server answers. */
export async function askNobody(namespace: string, resource: string): Promise<void> {
  await applyForNamespace(namespace, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: `kubemin-${namespace}` },
    webhooks: [
      {
        name: "costs.example.com",
        clientConfig: { url: "https://127.0.0.1:9/costs" },
        rules: [{ apiGroups: ["*"], apiVersions: ["v1"], operations: ["CREATE"], resources: [resource] }],
        namespaceSelector: only(namespace),
        failurePolicy: "Fail",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        timeoutSeconds: 1,
      },
    ],
  });
  await untilRefused(namespace, PROBES[resource] ?? {}, /costs\.example\.com/);
}
