// Runs Kueue on the host: its kinds with their conversion, its manager, and its webhooks for Jobs, pods and its own
// objects. Everything comes from the source of Kueue; only the addresses of its webhooks are different, because the
// manager is not a pod.
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { applyObject, ask, askApi, readObject } from "./api.ts";
import type { Built } from "./build.ts";
import { authority, serverCertificate } from "./certificates.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { folderOf } from "./layout.ts";
import { ensureRunning } from "./processes.ts";
import type { State } from "./state.ts";
import { waitUntil } from "./wait.ts";
import { writeIfChanged } from "./writeIfChanged.ts";

export async function ensureKueue(state: State, built: Built): Promise<void> {
  await applyKinds(state, built.files());
  const health = `127.0.0.1:${state.ports.kueueHealth}`;
  const [folder, configuration] = [writeFiles(state), configurationOf(state, health)];
  const file = join(folder, "kueue.json");
  writeIfChanged(file, configuration);
  await ensureRunning(state, {
    role: "kueue",
    command: [...withOwnCertificates(folder), built.program("kueue"), `--config=${file}`, "--zap-log-level=2"],
    environment: { KUBECONFIG: writeKubeconfig(state, "queues") },
    configuration,
    ready: async () => (await ask(`http://${health}/readyz`)).status === 200,
  });
  await applyWebhooks(state, built.files());
}

const namesOf = (files: Record<string, string>): readonly (readonly [string, string])[] =>
  Object.entries(files).flatMap(([file, text]) => {
    const [, plural] = /^kueue\.x-k8s\.io_(\w+)\.yaml$/.exec(file) ?? [];
    return plural === undefined ? [] : [[`${plural}.kueue.x-k8s.io`, text] as const];
  });

async function applyKinds(state: State, files: Record<string, string>): Promise<void> {
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const conversion = {
    strategy: "Webhook",
    webhook: { clientConfig: clientOf(state, "/convert"), conversionReviewVersions: ["v1"] },
  };
  for (const [name, text] of namesOf(files)) {
    await applyObject(state, `${definitions}/${name}`, text);
    // Kinds with one version need no conversion, and the others are stored in the version that the tests use.
    if (!text.includes("name: v1beta1")) continue;
    const body = JSON.stringify({ spec: { conversion } });
    const patch = { method: "PATCH", body, type: "application/merge-patch+json", seconds: 60 };
    await askApi(state, `${definitions}/${name}`, patch);
  }
  const served = (): Promise<boolean> =>
    readObject(state, "/apis/kueue.x-k8s.io/v1beta2/workloads?limit=1").then(() => true);
  await waitUntil(served, { forWhat: "the kinds of Kueue to be served", seconds: 30 });
}

const clientOf = (state: State, path: string) => ({
  url: `https://127.0.0.1:${state.ports.kueueWebhook}${path}`,
  caBundle: readFileSync(authority(state.name).certificate).toString("base64"),
});

/** The folder that the manager sees as /etc, with the certificate of its metrics; the webhooks use the same one. */
function writeFiles({ name }: State): string {
  const folder = join(folderOf(name), "kueue");
  const certificates = join(folder, "etc", "kueue", "metrics", "certs");
  mkdirSync(certificates, { recursive: true });
  const { certificate, key } = serverCertificate(name);
  cpSync(certificate, join(certificates, "tls.crt"));
  cpSync(key, join(certificates, "tls.key"));
  return folder;
}

/** The path of the certificate of the metrics is fixed in the source of Kueue. */
function withOwnCertificates(folder: string): string[] {
  const script = `mount --bind ${join(folder, "etc")} /etc && exec "$@"`;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"];
}

function configurationOf(state: State, health: string): string {
  return JSON.stringify({
    apiVersion: "config.kueue.x-k8s.io/v1beta2",
    kind: "Configuration",
    namespace: "kueue-system",
    health: { healthProbeBindAddress: health },
    metrics: { bindAddress: "0" },
    webhook: { host: "127.0.0.1", port: state.ports.kueueWebhook, certDir: "/etc/kueue/metrics/certs" },
    leaderElection: { leaderElect: false },
    internalCertManagement: { enable: false },
    clientConnection: { qps: 300, burst: 600 },
    integrations: { frameworks: ["batch/job", "pod"] },
    featureGates: { VisibilityOnDemand: false },
  });
}

interface Webhooks {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly {
    readonly name: string;
    readonly clientConfig: { readonly service: { readonly path: string } };
  }[];
}

const OWN = /^[mv](job|pod|workload|clusterqueue|cohort|resourceflavor)\.kb\.io$/;
const SYSTEM = ["kube-system", "kueue-system"];

async function applyWebhooks(state: State, files: Record<string, string>): Promise<void> {
  for (const document of parseAllDocuments(files["manifests.yaml"] ?? "")) {
    // The file is a part of Kueue's source and has exactly these fields.
    const { kind, ...rest } = document.toJS() as Webhooks;
    const webhooks = rest.webhooks.filter(({ name }) => OWN.test(name)).map((one) => withAddress(state, one));
    const path = `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s/kueue-webhooks`;
    await applyObject(state, path, JSON.stringify({ ...rest, kind, metadata: { name: `kueue-webhooks` }, webhooks }));
  }
}

function withAddress(state: State, webhook: Webhooks["webhooks"][number]) {
  const namespaces = { key: "kubernetes.io/metadata.name", operator: "NotIn", values: SYSTEM };
  return {
    ...webhook,
    clientConfig: clientOf(state, webhook.clientConfig.service.path),
    ...(webhook.name.endsWith("pod.kb.io") && { namespaceSelector: { matchExpressions: [namespaces] } }),
  };
}
