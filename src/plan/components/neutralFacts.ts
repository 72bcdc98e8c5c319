// The facts of a cluster that refuses nothing, for checks of a document without any cluster.
import type { ClusterFacts } from "../../model/run/plan.ts";

const GATEWAY = { namespace: "default", name: "default", addresses: [] };

export const NEUTRAL: ClusterFacts = {
  name: "offline",
  kind: "kubernetes",
  version: "",
  kinds: ["gateway.networking.k8s.io/HTTPRoute"],
  ingressClasses: [{ name: "default", default: true }],
  gateways: [GATEWAY],
  storageClasses: [],
};
