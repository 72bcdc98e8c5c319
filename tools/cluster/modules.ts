// The Go modules, the programs that are built from each, and the files of dependencies that are kept next to them. Each
// module has its own go.mod, because their versions would conflict.

export interface GoModule {
  /** Name of the folder below modules/. */
  readonly name: string;
  readonly programs: Readonly<Record<string, string>>;
  /** Files that are copied from the source of a dependency, because the programs do not contain them. */
  readonly files: readonly { readonly from: string; readonly folders: readonly string[] }[];
}

const kubernetesPrograms = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"];
const nodePrograms = ["kubelet", "kube-proxy"];
const runtimePrograms = ["containerd", "containerd-shim-runc-v2", "ctr"];

const commands = (root: string, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `${root}/cmd/${name}`]));

export const goModules = {
  kubernetes: {
    name: "kubernetes",
    programs: {
      etcd: "go.etcd.io/etcd/server/v3",
      ...commands("k8s.io/kubernetes", [...kubernetesPrograms, ...nodePrograms]),
    },
    files: [],
  },
  runtime: {
    name: "runtime",
    programs: commands("github.com/containerd/containerd/v2", runtimePrograms),
    files: [],
  },
  dns: { name: "dns", programs: { coredns: "github.com/coredns/coredns" }, files: [] },
  addons: {
    name: "addons",
    programs: commands("github.com/traefik/traefik/v3", ["traefik"]),
    files: [{ from: "sigs.k8s.io/gateway-api", folders: ["config/crd/standard"] }],
  },
  simulation: {
    name: "simulation",
    programs: commands("sigs.k8s.io/kwok", ["kwok"]),
    files: [
      {
        from: "sigs.k8s.io/kwok",
        folders: ["node/fast", "node/heartbeat-with-lease", "pod/fast"].map((stage) => `kustomize/stage/${stage}`),
      },
    ],
  },
  queues: {
    name: "kueue",
    programs: commands("sigs.k8s.io/kueue", ["kueue"]),
    files: [
      {
        from: "sigs.k8s.io/kueue",
        folders: ["crd/bases", "webhook"].map((folder) => `config/components/${folder}`),
      },
    ],
  },
  helm: { name: "helm", programs: commands("helm.sh/helm/v4", ["helm"]), files: [] },
} as const satisfies Record<string, GoModule>;
