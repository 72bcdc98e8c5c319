// The routes about the admission policies and the network of a cluster, a part of the table in routes.ts. With these
// policies, the cluster itself refuses pods of job types that break the rules.
import { z } from "zod";
import { ENFORCEMENTS } from "../model/kubernetes/networkVerdict.ts";
import { cluster, type Route } from "./routeParts.ts";

const SecurityView = z.object({
  cluster: z.string(),
  policies: z.array(
    z.object({
      rule: z.string(),
      field: z.string().meta({ description: "field of the pod" }),
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
    summary: "Get the state of the admission policies for job types, without changing anything",
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
    summary: "Test whether the network enforces network policies, with three small pods in a separate namespace",
    access: "admin",
    params: cluster,
    body: z
      .strictObject({ image: z.string().min(1).max(500).default("busybox:1.36") })
      .default({ image: "busybox:1.36" }),
    status: 200,
    response: NetworkVerdictView,
  },
} as const satisfies Record<string, Route>;
