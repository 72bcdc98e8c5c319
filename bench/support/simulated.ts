// The trait placement of pods that may only run on simulated nodes.
export const SIMULATED = {
  nodes: { type: "kwok" },
  tolerations: [{ key: "kwok.x-k8s.io/node", operator: "Exists" }],
} as const;
