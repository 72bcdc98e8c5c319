// The part of the contract that is about clusters: see routes.ts, which it is a part of. What is sent to reach a cluster is in no answer.

import { z } from "zod";
import { DNS_LABEL } from "../model/kubernetes/name.ts";
import { FORMS } from "../model/problems/requestProblems.ts";
import { cluster, flag } from "./routeParts.ts";
import * as view from "./views.ts";

const name = z.string().regex(DNS_LABEL, FORMS.name);

const settings = {
  projects: z.array(name).max(1_000).optional().meta({ description: "projects that may use it; empty: all" }),
  calls: z.int().min(1).max(200).optional().meta({ description: "requests at the same time, of each server process" }),
};
const reached = {
  kubeconfig: z
    .string()
    .min(1)
    .max(60_000)
    .optional()
    .meta({ description: "a whole kubeconfig, with everything in it" }),
  context: z.string().min(1).max(500).optional().meta({ description: "of the kubeconfig; default: its current one" }),
  server: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s]+$/, FORMS.server)
    .optional()
    .meta({ description: "address of the API server, in the place of a kubeconfig" }),
  token: z.string().min(1).max(20_000).optional().meta({ description: "of a service account" }),
  ca: z
    .string()
    .min(1)
    .max(60_000)
    .optional()
    .meta({ description: "certificates in PEM that the server's is checked against" }),
  insecure: z.boolean().optional().meta({ description: "do not check the server's certificate" }),
};

export const ClusterView = z.object({
  name: z.string(),
  kind: z.enum(["kubernetes", "sandbox"]),
  reachable: z.boolean(),
  detail: z.string(),
  version: z.string(),
  origin: z
    .enum(["start", "registered"])
    .meta({ description: "named when the server was started, or registered since" }),
  breaker: z.enum(["closed", "open"]).meta({ description: "open: it does not answer, so it is not asked for now" }),
  milliseconds: z.number().meta({ description: "that its last answer took" }),
  server: z.string().meta({ description: "empty where it was named at the start" }),
  insecure: z.boolean(),
  auth: z.enum(["token", "certificate", "password", "plugin", "none", "unknown"]),
  user: z.string().meta({ description: "who kubemin is there; empty: it does not tell" }),
  projects: z.array(z.string()).meta({ description: "that may use it; empty: all" }),
  calls: z.int().meta({ description: "requests at the same time; 0: as usual" }),
  createdAt: view.timestamp.nullable(),
  updatedAt: view.timestamp.nullable(),
});

const C = "/api/v1/clusters";

export const CLUSTER_ROUTES = {
  listClusters: {
    method: "GET",
    path: C,
    summary: "Clusters of this server that the token's project may use",
    access: "read",
    status: 200,
    response: view.pageOf(ClusterView),
  },
  addCluster: {
    method: "POST",
    path: C,
    summary: "Register a cluster, after asking it: by kubeconfig, or by server, token and ca",
    access: "admin",
    body: z.strictObject({ name, ...reached, ...settings }),
    status: 201,
    response: ClusterView,
  },
  getCluster: {
    method: "GET",
    path: `${C}/:cluster`,
    summary: "One cluster; never its credential",
    access: "read",
    params: cluster,
    status: 200,
    response: ClusterView,
  },
  updateCluster: {
    method: "PUT",
    path: `${C}/:cluster`,
    summary: "Another credential, address, set of projects or limit; what is left out stays. What runs there goes on",
    access: "admin",
    params: cluster,
    headers: z.object({ "if-match": z.string().optional() }),
    body: z.strictObject({ ...reached, ...settings }),
    status: 200,
    response: ClusterView,
  },
  removeCluster: {
    method: "DELETE",
    path: `${C}/:cluster`,
    summary: "Forget a cluster that nothing runs on; nothing on it is touched",
    access: "admin",
    params: cluster,
    query: z.object({ force: flag.meta({ description: "forget the applications on it, too" }) }),
    status: 204,
    response: z.null(),
  },
} as const;
