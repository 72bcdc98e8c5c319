// The table of all HTTP routes. The server implements it (src/server), openapi.ts generates OpenAPI from it, client.ts
// takes its types from it, and the authorisation test checks it row by row.
import { z } from "zod";
import { CAPACITY_ROUTES } from "./capacityRoutes.ts";
import { CLUSTER_ROUTES } from "./clusterRoutes.ts";
import { JOB_TYPE_ROUTES } from "./jobTypeRoutes.ts";
import * as plans from "./planViews.ts";
import {
  application,
  flag,
  jsonObject,
  P,
  page,
  priority,
  project,
  type Route,
  target,
  wait,
  write,
} from "./routeParts.ts";
import { RUN_ROUTES } from "./runRoutes.ts";
import { SCHEDULE_ROUTES } from "./scheduleRoutes.ts";
import { SECURITY_ROUTES } from "./securityRoutes.ts";
import { SINK_ROUTES } from "./sinkRoutes.ts";
import * as view from "./views.ts";

const logQuery = z.object({
  component: z.string().optional(),
  follow: flag,
  tail: z.coerce.number().int().min(0).max(100_000).optional(),
  since: z.coerce.number().int().min(1).optional().meta({ description: "only lines of the last seconds" }),
  previous: flag,
});

const A = `${P}/applications/:application`;

export type { Route } from "./routeParts.ts";

export const ROUTES = {
  getVersion: {
    method: "GET",
    path: "/api/v1/version",
    summary: "Get the version of the server",
    access: "public",
    status: 200,
    response: view.VersionView,
  },
  getOpenapi: {
    method: "GET",
    path: "/api/v1/openapi.json",
    summary: "Get this contract as OpenAPI 3.1",
    access: "public",
    status: 200,
    response: view.JsonView,
  },
  getDocumentSchema: {
    method: "GET",
    path: "/api/v1/schema/application.json",
    summary: "Get the JSON Schema of application documents, for editors",
    access: "public",
    status: 200,
    response: view.JsonView,
  },
  whoAmI: {
    method: "GET",
    path: "/api/v1/whoami",
    summary: "Get the token of the request, without its secret",
    access: "read",
    status: 200,
    response: view.TokenView,
  },
  listDefinitions: {
    method: "GET",
    path: "/api/v1/catalog",
    summary: "List component types, traits and job types",
    access: "read",
    status: 200,
    response: view.pageOf(view.DefinitionView),
  },
  getDefinition: {
    method: "GET",
    path: "/api/v1/catalog/:kind/:name",
    summary: "Get a component type, a trait or a job type",
    access: "read",
    params: z.object({ kind: z.enum(["component", "trait", "job"]), name: z.string() }),
    status: 200,
    response: view.DefinitionView,
  },
  ...CLUSTER_ROUTES,
  ...SECURITY_ROUTES,
  ...CAPACITY_ROUTES,
  listTokens: {
    method: "GET",
    path: "/api/v1/tokens",
    summary: "List tokens, without their secrets",
    access: "admin",
    status: 200,
    response: view.pageOf(view.TokenView),
  },
  addToken: {
    method: "POST",
    path: "/api/v1/tokens",
    summary: "Create a token; its secret is shown only once",
    access: "admin",
    body: z.strictObject({
      name: z.string().min(1).max(100),
      project: z.string().min(1),
      role: z.enum(["read", "write", "admin"]),
      expiresIn: z.string().optional(),
    }),
    status: 201,
    response: view.TokenView.extend({ token: z.string() }),
  },
  removeToken: {
    method: "DELETE",
    path: "/api/v1/tokens/:token",
    summary: "Revoke a token",
    access: "admin",
    params: z.object({ token: z.string() }),
    status: 204,
    response: z.null(),
  },

  downloadBackup: {
    method: "GET",
    path: "/api/v1/backup",
    summary: "Download everything that the server stores at one moment, record by record, without the key of the vault",
    access: "admin",
    status: 200,
    response: { events: view.JsonView },
  },

  planApplication: {
    method: "POST",
    path: `${P}/plan`,
    summary: "Plan a document: what a deploy would change, without changing anything",
    access: "read",
    params: project,
    query: target,
    body: "document",
    status: 200,
    response: plans.PlanView,
  },
  listApplications: {
    method: "GET",
    path: `${P}/applications`,
    summary: "List applications, sorted by name",
    access: "read",
    params: project,
    query: page,
    status: 200,
    response: view.pageOf(view.ApplicationSummaryView),
  },
  deployApplication: {
    method: "PUT",
    path: A,
    summary: "Deploy a document: creates a revision and a run",
    access: "write",
    params: application,
    query: target.extend({ message: z.string().max(500).default(""), priority, wait }),
    headers: write,
    body: "document",
    status: 202,
    response: view.RunView,
  },
  getApplication: {
    method: "GET",
    path: A,
    summary: "Get an application with its document",
    access: "read",
    params: application,
    status: 200,
    response: view.ApplicationView,
  },
  getStatus: {
    method: "GET",
    path: `${A}/status`,
    summary: "Get the current health of all components and objects",
    access: "read",
    params: application,
    status: 200,
    response: view.StatusView,
  },
  explainWhy: {
    method: "GET",
    path: `${A}/why`,
    summary: "Explain the health of an application, from the symptom to the root cause",
    access: "read",
    params: application,
    query: z.object({ component: z.string().optional() }),
    status: 200,
    response: view.WhyView,
  },
  deleteApplication: {
    method: "DELETE",
    path: A,
    summary: "Delete an application and its objects; volumes are kept unless `volumes` is set",
    access: "write",
    params: application,
    query: z.object({ volumes: flag, wait }),
    headers: write,
    status: 202,
    response: view.RunView,
  },
  listRevisions: {
    method: "GET",
    path: `${A}/revisions`,
    summary: "List revisions, newest first",
    access: "read",
    params: application,
    query: page,
    status: 200,
    response: view.pageOf(view.RevisionSummary),
  },
  getRevision: {
    method: "GET",
    path: `${A}/revisions/:revision`,
    summary: "Get a revision with its document",
    access: "read",
    params: application.extend({ revision: z.coerce.number().int() }),
    status: 200,
    response: view.RevisionView,
  },
  diffRevisions: {
    method: "GET",
    path: `${A}/diff`,
    summary: "Get the changes between two revisions, object by object",
    access: "read",
    params: application,
    query: z.object({ from: z.coerce.number().int(), to: z.coerce.number().int() }),
    status: 200,
    response: plans.DiffView,
  },
  getDrift: {
    method: "GET",
    path: `${A}/drift`,
    summary: "Compare the newest revision with the cluster by a dry run; secret values are masked",
    access: "read",
    params: application,
    status: 200,
    response: view.DriftView,
  },
  rollbackApplication: {
    method: "POST",
    path: `${A}/rollback`,
    summary: "Roll back: creates a revision with the content of an old one, and a run",
    access: "write",
    params: application,
    query: z.object({ wait }),
    headers: write,
    body: z.strictObject({
      revision: z.int(),
      message: z.string().max(500).optional(),
      inputs: jsonObject
        .optional()
        .meta({ description: "inputs of its workflow; default: the inputs with which the old revision was deployed" }),
    }),
    status: 202,
    response: view.RunView,
  },
  streamLogs: {
    method: "GET",
    path: `${A}/logs`,
    summary: "Get the log lines of the application's pods, merged into one stream",
    access: "read",
    params: application,
    query: logQuery,
    status: 200,
    response: { events: view.LogLineView },
  },
  ...RUN_ROUTES,
  ...SCHEDULE_ROUTES,
  ...SINK_ROUTES,
  ...JOB_TYPE_ROUTES,
} as const satisfies Record<string, Route>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
