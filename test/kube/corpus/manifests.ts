// Small manifests that the scenes of the corpus apply.
import type { Json, JsonObject } from "../../../src/model/data/json.ts";

const LABELS = { app: "web" };
export const BUSYBOX = "busybox:1.36";
/** An address at which no program listens. */
export const NO_IMAGE = "localhost:5078/web:1";

type More = { readonly [field: string]: Json };

export const runs = (text: string, more: More = {}): JsonObject => ({
  name: "web",
  image: BUSYBOX,
  command: ["sh", "-c", text],
  ...more,
});
export const idle = (more: More = {}): JsonObject => runs("trap 'exit 0' TERM; sleep infinity & wait", more);
export const never: JsonObject = { exec: { command: ["cat", "/never"] }, periodSeconds: 1, failureThreshold: 1 };

export const pod = (container: JsonObject = idle(), more: More = {}): JsonObject => ({
  terminationGracePeriodSeconds: 1,
  containers: [container],
  ...more,
});

export const barePod = (spec: JsonObject = pod(), name = "web"): JsonObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: LABELS },
  spec,
});

const workload = (kind: string, template: JsonObject, spec: More): JsonObject => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "web" },
  spec: { selector: { matchLabels: LABELS }, template: { metadata: { labels: LABELS }, spec: template }, ...spec },
});

export const deployment = (template: JsonObject = pod(), spec: More = {}): JsonObject =>
  workload("Deployment", template, spec);
export const replicaSet = (template: JsonObject = pod(), spec: More = {}): JsonObject =>
  workload("ReplicaSet", template, spec);
export const daemonSet = (template: JsonObject = pod(), spec: More = {}): JsonObject =>
  workload("DaemonSet", template, spec);
export const statefulSet = (template: JsonObject = pod(), spec: More = {}): JsonObject =>
  workload("StatefulSet", template, { serviceName: "web", ...spec });

export const job = (container: JsonObject = runs("exit 0"), spec: More = {}, template: More = {}): JsonObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "web" },
  spec: { backoffLimit: 0, template: { spec: { ...pod(container, template), restartPolicy: "Never" } }, ...spec },
});

export const cronJob = (container: JsonObject, spec: More = {}): JsonObject => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name: "web" },
  spec: {
    schedule: "0 0 1 1 *",
    jobTemplate: { spec: { backoffLimit: 0, template: { spec: { ...pod(container), restartPolicy: "Never" } } } },
    ...spec,
  },
});

export const service = (spec: More = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { selector: LABELS, ports: [{ name: "http", port: 80, targetPort: 8080 }], ...spec },
});

export const claim = (spec: More = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "web" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
});

export const storageClass = (volumeBindingMode: string): JsonObject => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "$namespace" },
  provisioner: "kubernetes.io/no-provisioner",
  volumeBindingMode,
});

export const quota = (hard: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name: "small" },
  spec: { hard },
});

export const ingress = (spec: More = {}): JsonObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "web" },
  spec: {
    rules: [
      {
        host: "corpus.example.com",
        http: {
          paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }],
        },
      },
    ],
    ...spec,
  },
});

export const httpRoute = (spec: More = {}): JsonObject => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "web" },
  spec: {
    parentRefs: [{ name: "public", namespace: "gateway-system" }],
    hostnames: ["corpus.example.com"],
    rules: [{ backendRefs: [{ name: "web", port: 80 }] }],
    ...spec,
  },
});

export const autoscaler = (): JsonObject => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "web" },
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    minReplicas: 1,
    maxReplicas: 2,
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }],
  },
});

export const budget = (spec: More = { minAvailable: 1 }): JsonObject => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name: "web" },
  spec: { selector: { matchLabels: LABELS }, ...spec },
});
