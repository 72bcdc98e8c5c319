// Failing cases in which the cluster delays or refuses a pod: capacity, volumes, quotas, limits, policies. The program
// never runs and is not to blame.
import { worker } from "../support/documents.ts";
import { apply } from "../support/kubectl.ts";
import { applyForNamespace, askNobody, refuseBy } from "../support/policies.ts";
import { type Case, knownAt, says } from "../support/verdicts.ts";

const WAITING: readonly Case[] = [
  {
    name: { en: "no node has room", zh: "没有节点有足够资源" },
    job: "giant",
    components: [worker("giant", { timeout: "20s", traits: { resources: { cpu: "500" } } })],
    expected: {
      phase: "expired",
      code: "Unschedulable",
      end: "GaveUpWaiting",
      who: "operator",
      en: /no node takes the pod: .*insufficient cpu/,
      zh: /没有可调度的节点：.*insufficient cpu/,
      evidence: /Insufficient cpu/,
    },
    known: (namespace) => knownAt(namespace, /^giant-/, says("FailedScheduling", /cpu/)),
  },
  {
    name: { en: "no node is of that sort", zh: "没有匹配的节点" },
    job: "choosy",
    components: [
      worker("choosy", { timeout: "20s", traits: { placement: { nodes: { "example.com/disk": "nvme" } } } }),
    ],
    expected: {
      phase: "expired",
      code: "Unschedulable",
      end: "GaveUpWaiting",
      who: "operator",
      en: /no node takes the pod: .*affinity/,
      zh: /没有可调度的节点：.*affinity/,
      evidence: /affinity/,
    },
    known: (namespace) => knownAt(namespace, /^choosy-/, says("FailedScheduling", /affinity/)),
  },
  {
    name: { en: "volume that nobody provides", zh: "存储卷无法创建" },
    job: "keeper",
    components: [
      worker("keeper", {
        timeout: "20s",
        traits: { storage: [{ type: "persistent", mountPath: "/data", size: "1Gi", storageClass: "by-hand" }] },
      }),
    ],
    // The class binds immediately, but nothing provisions the volume, which the controller reports.
    prepare: (namespace) =>
      applyForNamespace(namespace, {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: "by-hand" },
        provisioner: "kubernetes.io/no-provisioner",
        volumeBindingMode: "Immediate",
      }),
    expected: {
      phase: "expired",
      code: "VolumeBlocked",
      end: "GaveUpWaiting",
      who: "operator",
      en: /volume PersistentVolumeClaim\/\S+ cannot be provisioned/,
      zh: /存储卷 PersistentVolumeClaim\/\S+ 无法创建/,
      evidence: /ProvisioningFailed/,
    },
    known: (namespace) => knownAt(namespace, /./, says("ProvisioningFailed", /./)),
  },
  {
    name: { en: "admission webhook is down", zh: "准入 Webhook 无响应" },
    job: "unasked",
    components: [worker("unasked", { timeout: "20s" })],
    prepare: (namespace) => askNobody(namespace, "pods"),
    expected: {
      phase: "expired",
      code: "WebhookDown",
      end: "GaveUpWaiting",
      who: "operator",
      en: /does not answer: "costs\.example\.com".*connection refused/,
      zh: /Webhook 无响应："costs\.example\.com"/,
      evidence: /failed calling webhook/,
    },
    known: (namespace) => knownAt(namespace, /^unasked-/, says("FailedCreate", /failed calling webhook/)),
  },
];

const quota = (hard: Readonly<Record<string, string>>) => (namespace: string) =>
  apply(namespace, { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "small" }, spec: { hard } });

const created = (name: string, words: RegExp) => (namespace: string) =>
  knownAt(namespace, new RegExp(`^${name}-`), says("FailedCreate", words));

const REFUSED: readonly Case[] = [
  {
    name: { en: "quota: an object that never fits", zh: "配额：对象永远放不下" },
    job: "hoarder",
    components: [
      worker("hoarder", { traits: { storage: [{ type: "persistent", mountPath: "/data", size: "20Gi" }] } }),
    ],
    prepare: quota({ "requests.storage": "5Gi" }),
    expected: {
      phase: "rejected",
      code: "QuotaExceeded",
      who: "operator",
      en: /quota small: asked .*20Gi.* of .*5Gi/,
      zh: /超出配额 small：请求 .*20Gi.*上限 .*5Gi/,
    },
  },
  {
    name: { en: "quota: a pod that never fits", zh: "配额：Pod 永远放不下" },
    job: "greedy",
    components: [worker("greedy", { timeout: "60s", traits: { resources: { cpu: "2" } } })],
    prepare: quota({ "requests.cpu": "100m" }),
    expected: {
      phase: "rejected",
      code: "QuotaExceeded",
      who: "operator",
      en: /quota small: asked requests\.cpu=2/,
      zh: /超出配额 small：请求 requests\.cpu=2/,
      evidence: /exceeded quota/,
    },
    known: created("greedy", /exceeded quota/),
  },
  {
    name: { en: "limit range", zh: "LimitRange 限制" },
    job: "large",
    components: [
      worker("large", { timeout: "60s", traits: { resources: { memory: "32Mi", limits: { memory: "256Mi" } } } }),
    ],
    prepare: (namespace) =>
      apply(namespace, {
        apiVersion: "v1",
        kind: "LimitRange",
        metadata: { name: "modest" },
        spec: { limits: [{ type: "Container", max: { memory: "64Mi" } }] },
      }),
    expected: {
      phase: "rejected",
      code: "PolicyDenied",
      who: "operator",
      en: /maximum memory usage per Container is 64Mi, but limit is 256Mi/,
      zh: /被集群策略拒绝：maximum memory usage per Container is 64Mi/,
      evidence: /64Mi/,
    },
    known: created("large", /maximum memory/),
  },
  {
    name: { en: "pod security", zh: "Pod 安全标准" },
    job: "loose",
    components: [worker("loose", { timeout: "60s" })],
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    expected: {
      phase: "rejected",
      code: "PodSecurity",
      who: "you",
      en: /level restricted, which the trait security can meet: violates PodSecurity "restricted/,
      zh: /级别 restricted 拒绝，可用特征 security 满足：violates PodSecurity "restricted/,
      evidence: /restricted/,
    },
    known: created("loose", /PodSecurity/),
  },
  {
    name: { en: "admission policy, on the pods", zh: "准入策略（Pod）" },
    job: "unlabelled",
    components: [worker("unlabelled", { timeout: "60s" })],
    prepare: (namespace) => refuseBy(namespace, { group: "", resource: "pods" }),
    expected: {
      phase: "rejected",
      code: "PolicyDenied",
      who: "operator",
      en: /ValidatingAdmissionPolicy 'kubemin-\S+' .*denied request: pods need a cost centre/,
      zh: /被集群策略拒绝：ValidatingAdmissionPolicy/,
      evidence: /cost centre/,
    },
    known: created("unlabelled", /cost centre/),
  },
  {
    name: { en: "admission policy, on the object", zh: "准入策略（对象）" },
    job: "costly",
    components: [worker("costly", { timeout: "60s" })],
    prepare: (namespace) => refuseBy(namespace, { group: "apps", resource: "deployments" }),
    expected: {
      phase: "rejected",
      code: "PolicyDenied",
      who: "operator",
      en: /ValidatingAdmissionPolicy 'kubemin-\S+' .*denied request: deployments need a cost centre/,
      zh: /被集群策略拒绝：ValidatingAdmissionPolicy/,
    },
  },
];

export const PLATFORM: readonly Case[] = [...WAITING, ...REFUSED];
