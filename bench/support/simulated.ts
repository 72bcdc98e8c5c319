// The placement of pods that run on simulated nodes only.
export const SIMULATED = {
  nodes: { type: "kwok" },
  tolerations: [{ key: "kwok.x-k8s.io/node", operator: "Exists" }],
} as const;
