// The routes about clusters, a part of the table in routes.ts. No answer contains a credential that a user sent to
// reach a cluster.

import { z } from "zod";
import { DNS_LABEL } from "../model/kubernetes/name.ts";
import { FORMS } from "../model/problems/requestProblems.ts";
import { cluster, flag } from "./routeParts.ts";
import * as view from "./views.ts";

const name = z.string().regex(DNS_LABEL, FORMS.name);

const settings = {
  projects: z
    .array(name)
    .max(1_000)
    .optional()
    .meta({ description: "projects that may use it; all projects if empty" }),
  calls: z
    .int()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: "the most requests that each server process sends at the same time" }),
};
const reached = {
  kubeconfig: z
    .string()
    .min(1)
    .max(60_000)
    .optional()
    .meta({ description: "a complete kubeconfig that refers to no other files" }),
  context: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: "a context of the kubeconfig; default: its current context" }),
  server: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s]+$/, FORMS.server)
    .optional()
    .meta({ description: "address of the API server, instead of a kubeconfig" }),
  token: z.string().min(1).max(20_000).optional().meta({ description: "token of a service account" }),
  ca: z
    .string()
    .min(1)
    .max(60_000)
    .optional()
    .meta({ description: "CA certificates in PEM, with which the certificate of the API server is checked" }),
  insecure: z.boolean().optional().meta({ description: "do not check the certificate of the API server" }),
};

export const ClusterView = z.object({
  name: z.string(),
  kind: z.enum(["kubernetes", "sandbox"]),
  reachable: z.boolean(),
  detail: z.string(),
  version: z.string(),
  origin: z
    .enum(["start", "registered"])
    .meta({ description: "start: the server was started with it; registered: it was registered later" }),
  breaker: z
    .enum(["closed", "open"])
    .meta({ description: "open: the cluster does not answer, so the server does not call it for now" }),
  milliseconds: z.number().meta({ description: "time that the last answer took" }),
  server: z
    .string()
    .meta({ description: "address of the API server; empty for a cluster that the server was started with" }),
  insecure: z.boolean(),
  auth: z.enum(["token", "certificate", "password", "plugin", "none", "unknown"]),
  user: z
    .string()
    .meta({ description: "the user that kubemin is on the cluster; empty if the cluster does not report it" }),
  projects: z.array(z.string()).meta({ description: "projects that may use it; all projects if empty" }),
  calls: z.int().meta({ description: "the most requests at the same time; 0 for the default" }),
  createdAt: view.timestamp.nullable(),
  updatedAt: view.timestamp.nullable(),
});

const C = "/api/v1/clusters";

export const CLUSTER_ROUTES = {
  listClusters: {
    method: "GET",
    path: C,
    summary: "List the clusters that the project of the token may use",
    access: "read",
    status: 200,
    response: view.pageOf(ClusterView),
  },
  addCluster: {
    method: "POST",
    path: C,
    summary: "Register a cluster by kubeconfig, or by server, token and ca; the cluster must answer",
    access: "admin",
    body: z.strictObject({ name, ...reached, ...settings }),
    status: 201,
    response: ClusterView,
  },
  getCluster: {
    method: "GET",
    path: `${C}/:cluster`,
    summary: "Get a cluster, without its credential",
    access: "read",
    params: cluster,
    status: 200,
    response: ClusterView,
  },
  updateCluster: {
    method: "PUT",
    path: `${C}/:cluster`,
    summary:
      "Change the credential, address, projects or limit of a cluster; omitted fields stay as they are, and its runs continue",
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
    summary: "Remove a cluster without applications and runs from this server; nothing on the cluster is changed",
    access: "admin",
    params: cluster,
    query: z.object({ force: flag.meta({ description: "also forget the applications on it" }) }),
    status: 204,
    response: z.null(),
  },
} as const;
