// The part of the contract for job types that are registered while the server runs: see routes.ts, which it is a part of. A name means the
// same type in every project; a project's writers decide about its own types, administrators of the server about who else may use them.
import { z } from "zod";
import * as types from "./jobTypeViews.ts";
import { P, project, type Route } from "./routeParts.ts";
import * as view from "./views.ts";

const type = project.extend({ type: z.string() });
const anyType = z.object({ type: z.string() });
const grantee = anyType.extend({ grantee: z.string() });
const version = z.object({
  version: z.string().optional().meta({ description: "default: the newest" }),
});
const place = z.object({
  cluster: z.string().optional().meta({ description: "asked by a dry run; default: the only one of the server" }),
});
const words = z.array(z.string().min(1).max(200)).max(100).optional();

/** What is not written is not granted. */
const grants = z.strictObject({
  network: words.meta({ description: "models:443, internet:443, 192.0.2.0/24:5432" }),
  secrets: words,
  volumes: z.string().max(40).optional().meta({ description: "most storage of one pod, like 100Gi" }),
  services: words,
  k8s: words,
  devices: z.record(z.string(), z.int().min(1).max(10_000)).optional(),
  nodeLabels: words,
  tolerations: words,
  runtimeClasses: words,
  priorityClasses: words,
  schedulers: words,
  csiDrivers: words,
  storageClasses: words,
  deviceClaims: words,
  metadataDomains: words,
  granters: words,
});

const T = `${P}/job-types`;
const ANY = "/api/v1/job-types";

export const JOB_TYPE_ROUTES = {
  listJobTypes: {
    method: "GET",
    path: T,
    summary: "Registered job types that the project may use",
    access: "read",
    params: project,
    status: 200,
    response: view.pageOf(types.JobTypeSummary),
  },
  registerJobType: {
    method: "POST",
    path: T,
    summary:
      "Register a job type, or a new version of one, from its document; what it asks of nobody is active at once",
    access: "write",
    params: project,
    query: place,
    body: "document",
    status: 201,
    response: types.JobTypeView,
  },
  checkJobType: {
    method: "POST",
    path: `${T}/check`,
    summary: "All checks of a registration, without registering it",
    access: "write",
    params: project,
    query: place,
    body: "document",
    status: 200,
    response: types.ChecksView,
  },
  getJobType: {
    method: "GET",
    path: `${T}/:type`,
    summary: "A job type: versions, checks, grants, and what stops it",
    access: "read",
    params: type,
    status: 200,
    response: types.JobTypeView,
  },
  getJobTypeSchema: {
    method: "GET",
    path: `${T}/:type/schema`,
    summary: "Its input and output: for forms, editors and help",
    access: "read",
    params: type,
    query: version,
    status: 200,
    response: types.JobTypeSchemaView,
  },
  getJobTypePage: {
    method: "GET",
    path: `${T}/:type/page`,
    summary: "Its page of documentation, in Markdown",
    access: "read",
    params: type,
    query: version,
    status: 200,
    response: types.JobTypePageView,
  },
  tryJobType: {
    method: "POST",
    path: `${T}/:type/try`,
    summary: "Run one of its examples; a draft whose sample run succeeds is validated",
    access: "write",
    params: type,
    body: z
      .strictObject({
        version: z.string().optional(),
        example: z.int().min(0).default(0).meta({ description: "which of its examples, from 0" }),
        cluster: z.string().optional(),
        namespace: z.string().optional(),
      })
      .default({ example: 0 }),
    status: 202,
    response: view.RunView,
  },
  activateJobType: {
    method: "POST",
    path: `${T}/:type/activate`,
    summary: "Let a version run that was granted all that it asks for",
    access: "write",
    params: type,
    body: z.strictObject({ version: z.string().optional() }).default({}),
    status: 200,
    response: types.JobTypeView,
  },
  deprecateJobType: {
    method: "POST",
    path: `${T}/:type/deprecate`,
    summary: "Warn whoever runs a version; after a day that is named, refuse it",
    access: "write",
    params: type,
    body: z
      .strictObject({
        version: z.string().optional(),
        until: z.iso.date().optional().meta({ description: "the last day on which it runs" }),
        replacedBy: z.string().min(1).max(100).optional(),
      })
      .default({}),
    status: 200,
    response: types.JobTypeView,
  },
  withdrawJobType: {
    method: "POST",
    path: `${T}/:type/withdraw`,
    summary: "The kill switch of its own project: nothing of the type starts any more, in any project, within seconds",
    access: "admin",
    params: type,
    body: z.strictObject({ reason: z.string().min(1).max(500) }),
    status: 200,
    response: types.JobTypeView,
  },
  restoreJobType: {
    method: "POST",
    path: `${T}/:type/restore`,
    summary:
      "Let a type start again that its project withdrew, or that is quarantined; 409 while an administrator holds it",
    access: "admin",
    params: type,
    status: 200,
    response: types.JobTypeView,
  },
  listAllJobTypes: {
    method: "GET",
    path: ANY,
    summary: "Registered job types of all projects",
    access: "admin",
    status: 200,
    response: view.pageOf(types.JobTypeSummary),
  },
  getAnyJobType: {
    method: "GET",
    path: `${ANY}/:type`,
    summary: "A job type of whichever project, with all of its grants",
    access: "admin",
    params: anyType,
    status: 200,
    response: types.JobTypeView,
  },
  grantJobType: {
    method: "PUT",
    path: `${ANY}/:type/grants/:grantee`,
    summary:
      "Let a project use a type, and its jobs what is named; without `grants` all that the newest version asks for",
    access: "admin",
    params: grantee,
    body: z.strictObject({ grants: grants.optional() }).default({}),
    status: 200,
    response: types.JobTypeView,
  },
  revokeJobType: {
    method: "DELETE",
    path: `${ANY}/:type/grants/:grantee`,
    summary: "Take a grant back; jobs that run go on, no new one gets it",
    access: "admin",
    params: grantee,
    status: 204,
    response: z.null(),
  },
  disableJobType: {
    method: "POST",
    path: `${ANY}/:type/disable`,
    summary: "The kill switch: nothing of the type starts any more, on any server, within seconds",
    access: "admin",
    params: anyType,
    body: z.strictObject({ reason: z.string().min(1).max(500) }),
    status: 200,
    response: types.JobTypeView,
  },
  enableJobType: {
    method: "POST",
    path: `${ANY}/:type/enable`,
    summary: "Let a type start again, whatever stopped it",
    access: "admin",
    params: anyType,
    status: 200,
    response: types.JobTypeView,
  },
} as const satisfies Record<string, Route>;
