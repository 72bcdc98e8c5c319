// A pod order as a test project would give it: some things are granted, most are not.

import { NO_CAPABILITIES, NO_GRANTS } from "../../src/isolation/policy/capability.ts";
import type { PodOrder } from "../../src/isolation/policy/order.ts";
import type { Json, JsonObject } from "../../src/model/data/json.ts";
import type { ClusterNetwork } from "../../src/model/kubernetes/clusterNetwork.ts";

export const CLUSTER: ClusterNetwork = {
  apiServer: ["10.96.0.1", "203.0.113.10"],
  podNetworks: ["10.244.0.0/16"],
  serviceNetworks: ["10.96.0.0/16"],
  nodeNetworks: ["198.51.100.0/24"],
  nameServers: ["10.98.0.1"],
};

export function order(more: Partial<PodOrder> = {}): PodOrder {
  return {
    profile: "task",
    capabilities: NO_CAPABILITIES,
    grants: NO_GRANTS,
    identity: {
      project: "shop",
      namespace: "shop-run",
      name: "r1-evaluate-1",
      run: "r1",
      job: "evaluate",
      type: "ai-eval",
      version: "2.1.0",
    },
    timeouts: { attempt: 60_000 },
    runtime: { hostUsers: false },
    ...more,
  };
}

/** Everything that an administrator can grant is granted, so that nothing in the result depends on a missing grant. */
export function generousOrder(profile: PodOrder["profile"] = "gpu"): PodOrder {
  const capabilities = {
    network: ["models:443"],
    secrets: ["token", "registry"],
    volumes: "100Gi",
    services: ["metrics:9090"],
    k8s: [],
  };
  return order({
    profile,
    capabilities,
    grants: {
      ...NO_GRANTS,
      ...capabilities,
      devices: { "nvidia.com/gpu": 8 },
      nodeLabels: ["pool", "zone=a"],
      tolerations: ["nvidia.com/gpu"],
      runtimeClasses: ["nvidia"],
      priorityClasses: ["batch"],
      schedulers: ["volcano"],
      csiDrivers: ["csi.example.com"],
      storageClasses: ["fast"],
      deviceClaims: ["gpu-claim"],
      metadataDomains: ["example.com"],
    },
  });
}

export const container = (more: JsonObject = {}): JsonObject => ({ name: "main", image: "busybox:1.36", ...more });

export function template(spec: JsonObject = {}, metadata?: Json): JsonObject {
  return { ...(metadata === undefined ? {} : { metadata }), spec: { containers: [container()], ...spec } };
}

/** A template that uses most of the allowed fields. */
export const RICH: JsonObject = template(
  {
    containers: [
      container({
        command: ["sh", "-c", "echo $MODEL"],
        args: ["--fast"],
        workingDir: "/work",
        env: [
          { name: "MODEL", value: "m" },
          { name: "TOKEN", valueFrom: { secretKeyRef: { name: "token", key: "value" } } },
          { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        ],
        envFrom: [{ configMapRef: { name: "settings" } }],
        ports: [{ name: "metrics", containerPort: 9090 }],
        resources: { requests: { cpu: "500m" }, limits: { cpu: "2", "nvidia.com/gpu": "1" } },
        volumeMounts: [
          { name: "data", mountPath: "/data" },
          { name: "token", mountPath: "/token", readOnly: true },
        ],
        securityContext: { runAsUser: 1000, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } },
        livenessProbe: { httpGet: { path: "/", port: 9090 }, periodSeconds: 5 },
        lifecycle: { preStop: { exec: { command: ["sync"] } } },
      }),
    ],
    initContainers: [container({ name: "fetch" }), container({ name: "beside", restartPolicy: "Always" })],
    volumes: [
      { name: "data", emptyDir: {} },
      { name: "token", secret: { secretName: "token" } },
      { name: "all", projected: { sources: [{ configMap: { name: "settings" } }, { secret: { name: "token" } }] } },
      {
        name: "disk",
        ephemeral: {
          volumeClaimTemplate: {
            spec: {
              accessModes: ["ReadWriteOnce"],
              resources: { requests: { storage: "10Gi" } },
              storageClassName: "fast",
            },
          },
        },
      },
      { name: "models", csi: { driver: "csi.example.com", volumeAttributes: { model: "m" } } },
    ],
    imagePullSecrets: [{ name: "registry" }],
    nodeSelector: { pool: "gpu", zone: "a" },
    tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }],
    runtimeClassName: "nvidia",
    priorityClassName: "batch",
    schedulerName: "volcano",
    securityContext: { fsGroup: 2000 },
    terminationGracePeriodSeconds: 10,
  },
  { labels: { team: "ml", "example.com/cost": "1" }, annotations: { note: "x" } },
);
