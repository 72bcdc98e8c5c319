// The part of the contract about what a cluster itself refuses of job types: see routes.ts, which it is a part of.
import { z } from "zod";
import { ENFORCEMENTS } from "../model/kubernetes/networkVerdict.ts";
import { cluster, type Route } from "./routeParts.ts";

const SecurityView = z.object({
  cluster: z.string(),
  policies: z.array(
    z.object({
      rule: z.string(),
      field: z.string().meta({ description: "of the pod" }),
      state: z.enum(["inForce", "missing", "changed", "refused"]),
      detail: z.string(),
    }),
  ),
  namespace: z.object({ name: z.string(), state: z.enum(["made", "missing"]) }),
});

const NetworkVerdictView = z.object({ enforcement: z.enum(ENFORCEMENTS), detail: z.string() });

const ofProject = z.object({ project: z.string().min(1).max(63).default("default") });
const C = "/api/v1/clusters/:cluster";

export const SECURITY_ROUTES = {
  getClusterSecurity: {
    method: "GET",
    path: `${C}/security`,
    summary: "Which admission policies for job types are in force; nothing is changed",
    access: "admin",
    params: cluster,
    query: ofProject,
    status: 200,
    response: SecurityView,
  },
  secureCluster: {
    method: "POST",
    path: `${C}/security`,
    summary: "Install the admission policies for job types, and the closed namespace of a project's jobs",
    access: "admin",
    params: cluster,
    body: ofProject.default({ project: "default" }),
    status: 200,
    response: SecurityView,
  },
  probeClusterNetwork: {
    method: "POST",
    path: `${C}/network-probe`,
    summary: "Try out whether the network obeys policies, with three small pods in a namespace of their own",
    access: "admin",
    params: cluster,
    body: z
      .strictObject({ image: z.string().min(1).max(500).default("busybox:1.36") })
      .default({ image: "busybox:1.36" }),
    status: 200,
    response: NetworkVerdictView,
  },
} as const satisfies Record<string, Route>;
