// Runs the API server, the controllers and the scheduler on the host. They are ready after about four seconds.
import { mkdirSync } from "node:fs";
import { ask, askApi } from "./api.ts";
import { auditPolicy, auditWords } from "./audit.ts";
import type { Built } from "./build.ts";
import { accountKeys, authority, certificateOf, serverCertificate } from "./certificates.ts";
import { etcdAddress } from "./etcd.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { addressesOf } from "./layout.ts";
import { ensureRunning } from "./processes.ts";
import type { State } from "./state.ts";
import { volumesFolder, volumesMountPoint } from "./volumes.ts";

export async function ensureApiServer(state: State, built: Built): Promise<void> {
  await ensureRunning(state, {
    role: "kube-apiserver",
    command: [
      built.program("kube-apiserver"),
      ...servingWords(state),
      ...identityWords(state),
      ...auditWords(state.name),
    ],
    configuration: auditPolicy,
    ready: async () => (await askApi(state, "/readyz")).status === 200,
  });
}

function servingWords(state: State): string[] {
  const addresses = addressesOf(state.slot);
  const { certificate, key } = serverCertificate(state.name);
  // Pods reach the API server at the host's end of the cable, users at the loopback address, so it must listen on all
  // addresses. Without a node there is no cable, and the kubernetes Service gets no endpoint.
  const reach = state.hasNode
    ? ["--bind-address=0.0.0.0", `--advertise-address=${addresses.host}`]
    : ["--bind-address=127.0.0.1", "--endpoint-reconciler-type=none"];
  return [
    ...reach,
    `--etcd-servers=${etcdAddress(state)}`,
    `--secure-port=${state.ports.api}`,
    `--tls-cert-file=${certificate}`,
    `--tls-private-key-file=${key}`,
    `--service-cluster-ip-range=${addresses.services}`,
    "--allow-privileged=true",
    "--profiling=false",
  ];
}

function identityWords({ name }: State): string[] {
  const kubelet = certificateOf(name, "kubeletClient");
  return [
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    `--client-ca-file=${authority(name).certificate}`,
    `--kubelet-client-certificate=${kubelet.certificate}`,
    `--kubelet-client-key=${kubelet.key}`,
    "--kubelet-preferred-address-types=InternalIP",
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${accountKeys(name)}`,
    `--service-account-signing-key-file=${accountKeys(name)}`,
  ];
}

export async function ensureControllers(state: State, built: Built): Promise<void> {
  const { certificate, key } = authority(state.name);
  for (const folder of [volumesFolder(state.name), volumesMountPoint]) mkdirSync(folder, { recursive: true });
  await ensureRunning(state, {
    role: "kube-controller-manager",
    command: [
      ...withOwnVolumes(state.name),
      built.program("kube-controller-manager"),
      `--kubeconfig=${writeKubeconfig(state, "controllers")}`,
      `--service-account-private-key-file=${accountKeys(state.name)}`,
      `--root-ca-file=${certificate}`,
      `--cluster-signing-cert-file=${certificate}`,
      `--cluster-signing-key-file=${key}`,
      "--use-service-account-credentials",
      "--enable-hostpath-provisioner",
      ...componentWords(state.ports.controllers),
    ],
    ready: () => isHealthy(state.ports.controllers),
  });
}

/**
 * The folder of the provisioner is fixed in its source. A separate mount namespace puts the instance's folder there.
 */
function withOwnVolumes(name: string): string[] {
  const script = `mount --bind ${volumesFolder(name)} ${volumesMountPoint} && exec "$@"`;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"];
}

export async function ensureScheduler(state: State, built: Built): Promise<void> {
  await ensureRunning(state, {
    role: "kube-scheduler",
    command: [
      built.program("kube-scheduler"),
      `--kubeconfig=${writeKubeconfig(state, "scheduler")}`,
      ...componentWords(state.ports.scheduler),
    ],
    ready: () => isHealthy(state.ports.scheduler),
  });
}

const componentWords = (port: number): string[] => [
  "--leader-elect=false",
  "--bind-address=127.0.0.1",
  `--secure-port=${port}`,
  // With the default of 20 requests per second, hundreds of simulated pods would wait for the client and not for the
  // server.
  "--kube-api-qps=300",
  "--kube-api-burst=600",
];

async function isHealthy(port: number): Promise<boolean> {
  // The certificate is self-signed and created at the start, so there is nothing to check it against.
  return (await ask(`https://127.0.0.1:${port}/healthz`, {}, { rejectUnauthorized: false })).status === 200;
}
