// The HTTP contract as data. The server implements this table, OpenAPI is generated from it, the typed client is typed by it,
// and the authorisation test goes through it row by row.
import { z } from "zod";
import * as view from "./views.ts";

/** public: no token · read/write/admin: a token with at least that role, for the route's project where it has one. */
export type Access = "public" | "read" | "write" | "admin";

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** "document": an application document as JSON or YAML text, whatever its content type says. */
  readonly body?: z.ZodType | "document";
  readonly status: 200 | 201 | 202 | 204;
  /** "events": Server-Sent Events whose data is the named view. */
  readonly response: z.ZodType | { readonly events: z.ZodType };
}

const project = z.object({ project: z.string() });
const application = project.extend({ application: z.string() });
const run = project.extend({ run: z.string() });
const page = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50), after: z.string().optional() });
const flag = z.stringbool().default(false);
const write = z.object({ "idempotency-key": z.string().min(1).max(200).optional(), "if-match": z.string().optional() });
const target = z.object({
  cluster: z
    .string()
    .optional()
    .meta({ description: "default: the only cluster of the server, or the one it runs on now" }),
  createNamespace: flag,
  force: flag.meta({ description: "take over fields that other managers own" }),
  adopt: flag.meta({ description: "take over objects that exist already and belong to nobody" }),
});
const logQuery = z.object({
  component: z.string().optional(),
  follow: flag,
  tail: z.coerce.number().int().min(0).max(100_000).optional(),
  since: z.coerce.number().int().min(1).optional().meta({ description: "seconds" }),
  previous: flag,
});

const P = "/api/v1/projects/:project";
const A = `${P}/applications/:application`;

export const ROUTES = {
  getVersion: {
    method: "GET",
    path: "/api/v1/version",
    summary: "Version of the server",
    access: "public",
    status: 200,
    response: view.VersionView,
  },
  getOpenapi: {
    method: "GET",
    path: "/api/v1/openapi.json",
    summary: "This contract as OpenAPI 3.1",
    access: "public",
    status: 200,
    response: view.JsonView,
  },
  getDocumentSchema: {
    method: "GET",
    path: "/api/v1/schema/application.json",
    summary: "JSON Schema of application documents, for editors",
    access: "public",
    status: 200,
    response: view.JsonView,
  },
  whoAmI: {
    method: "GET",
    path: "/api/v1/whoami",
    summary: "The token that was sent",
    access: "read",
    status: 200,
    response: view.TokenView,
  },
  listDefinitions: {
    method: "GET",
    path: "/api/v1/catalog",
    summary: "Component types, traits and job types",
    access: "read",
    status: 200,
    response: view.pageOf(view.DefinitionView),
  },
  getDefinition: {
    method: "GET",
    path: "/api/v1/catalog/:kind/:name",
    summary: "One definition",
    access: "read",
    params: z.object({ kind: z.enum(["component", "trait", "job"]), name: z.string() }),
    status: 200,
    response: view.DefinitionView,
  },
  listClusters: {
    method: "GET",
    path: "/api/v1/clusters",
    summary: "Clusters that this server was told of",
    access: "read",
    status: 200,
    response: view.pageOf(view.ClusterView),
  },
  listTokens: {
    method: "GET",
    path: "/api/v1/tokens",
    summary: "Tokens, without their secrets",
    access: "admin",
    status: 200,
    response: view.pageOf(view.TokenView),
  },
  addToken: {
    method: "POST",
    path: "/api/v1/tokens",
    summary: "Make a token; its secret is shown this once",
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

  planApplication: {
    method: "POST",
    path: `${P}/plan`,
    summary: "What a document would do, without doing it",
    access: "read",
    params: project,
    query: target,
    body: "document",
    status: 200,
    response: view.PlanView,
  },
  listApplications: {
    method: "GET",
    path: `${P}/applications`,
    summary: "Applications, by name",
    access: "read",
    params: project,
    query: page,
    status: 200,
    response: view.pageOf(view.ApplicationSummaryView),
  },
  deployApplication: {
    method: "PUT",
    path: A,
    summary: "Deploy a document: a new revision and a run",
    access: "write",
    params: application,
    query: target.extend({ message: z.string().max(500).default("") }),
    headers: write,
    body: "document",
    status: 202,
    response: view.RunView,
  },
  getApplication: {
    method: "GET",
    path: A,
    summary: "An application with its document",
    access: "read",
    params: application,
    status: 200,
    response: view.ApplicationView,
  },
  getStatus: {
    method: "GET",
    path: `${A}/status`,
    summary: "Live health of every component and object",
    access: "read",
    params: application,
    status: 200,
    response: view.StatusView,
  },
  explainWhy: {
    method: "GET",
    path: `${A}/why`,
    summary: "One causal sentence down to the root cause",
    access: "read",
    params: application,
    query: z.object({ component: z.string().optional() }),
    status: 200,
    response: view.WhyView,
  },
  deleteApplication: {
    method: "DELETE",
    path: A,
    summary: "Remove what the application made; volumes are kept unless asked",
    access: "write",
    params: application,
    query: z.object({ volumes: flag }),
    headers: write,
    status: 202,
    response: view.RunView,
  },
  listRevisions: {
    method: "GET",
    path: `${A}/revisions`,
    summary: "Revisions, newest first",
    access: "read",
    params: application,
    query: page,
    status: 200,
    response: view.pageOf(view.RevisionSummary),
  },
  getRevision: {
    method: "GET",
    path: `${A}/revisions/:revision`,
    summary: "One revision with its document",
    access: "read",
    params: application.extend({ revision: z.coerce.number().int() }),
    status: 200,
    response: view.RevisionView,
  },
  diffRevisions: {
    method: "GET",
    path: `${A}/diff`,
    summary: "What changed between two revisions, object by object",
    access: "read",
    params: application,
    query: z.object({ from: z.coerce.number().int(), to: z.coerce.number().int() }),
    status: 200,
    response: view.DiffView,
  },
  getDrift: {
    method: "GET",
    path: `${A}/drift`,
    summary: "The newest revision against what the cluster holds, by dry run; secrets masked",
    access: "read",
    params: application,
    status: 200,
    response: view.DriftView,
  },
  rollbackApplication: {
    method: "POST",
    path: `${A}/rollback`,
    summary: "A new revision with the content of an old one, and a run",
    access: "write",
    params: application,
    headers: write,
    body: z.strictObject({ revision: z.int(), message: z.string().max(500).optional() }),
    status: 202,
    response: view.RunView,
  },
  streamLogs: {
    method: "GET",
    path: `${A}/logs`,
    summary: "Log lines of the application's pods, merged",
    access: "read",
    params: application,
    query: logQuery,
    status: 200,
    response: { events: view.LogLineView },
  },

  listRuns: {
    method: "GET",
    path: `${P}/runs`,
    summary: "Runs, newest first",
    access: "read",
    params: project,
    query: page.extend({ application: z.string().optional(), phase: view.RunSummary.shape.phase.optional() }),
    status: 200,
    response: view.pageOf(view.RunSummary),
  },
  getRun: {
    method: "GET",
    path: `${P}/runs/:run`,
    summary: "A run with its jobs",
    access: "read",
    params: run,
    status: 200,
    response: view.RunView,
  },
  getJobLog: {
    method: "GET",
    path: `${P}/runs/:run/jobs/:job/log`,
    summary: "The kept log of a task",
    access: "read",
    params: run.extend({ job: z.string() }),
    query: z.object({ limit: z.coerce.number().int().min(1).max(10_000).default(1_000) }),
    status: 200,
    response: view.pageOf(view.LogLineView),
  },
  cancelRun: {
    method: "POST",
    path: `${P}/runs/:run/cancel`,
    summary: "Cancel a run: what runs is stopped, what waits is not started",
    access: "write",
    params: run,
    status: 202,
    response: view.RunView,
  },
  pauseRun: {
    method: "POST",
    path: `${P}/runs/:run/pause`,
    summary: "Start nothing new of a run; what runs goes on",
    access: "write",
    params: run,
    status: 202,
    response: view.RunView,
  },
  resumeRun: {
    method: "POST",
    path: `${P}/runs/:run/resume`,
    summary: "Go on with a paused run",
    access: "write",
    params: run,
    status: 202,
    response: view.RunView,
  },
  retryRun: {
    method: "POST",
    path: `${P}/runs/:run/retry`,
    summary: "A new run of the same revision; what succeeded converges at once",
    access: "write",
    params: run,
    headers: write,
    body: z.strictObject({ from: z.string().optional() }).default({}),
    status: 202,
    response: view.RunView,
  },
  streamEvents: {
    method: "GET",
    path: `${P}/events`,
    summary: "Everything that happens, as it happens; Last-Event-ID resumes",
    access: "read",
    params: project,
    query: z.object({
      application: z.string().optional(),
      run: z.string().optional(),
      after: z.coerce.number().int().min(0).optional(),
    }),
    headers: z.object({ "last-event-id": z.coerce.number().int().min(0).optional() }),
    status: 200,
    response: { events: view.EventView },
  },
} as const satisfies Record<string, Route>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
