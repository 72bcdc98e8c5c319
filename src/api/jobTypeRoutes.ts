// The routes about registered job types, a part of the table in routes.ts. A name means the same type in every project.
// The writers of a project decide about the types of their project; administrators of the server decide which other
// projects may use them.
import { z } from "zod";
import * as types from "./jobTypeViews.ts";
import { P, project, type Route } from "./routeParts.ts";
import * as view from "./views.ts";

const type = project.extend({ type: z.string() });
const anyType = z.object({ type: z.string() });
const grantee = anyType.extend({ grantee: z.string() });
const version = z.object({
  version: z.string().optional().meta({ description: "version of the type; default: the newest" }),
});
const place = z.object({
  cluster: z
    .string()
    .optional()
    .meta({ description: "cluster of the dry run; default: the only cluster of the server" }),
});
const words = z.array(z.string().min(1).max(200)).max(100).optional();

/** Capabilities that are left out are not granted. */
const grants = z.strictObject({
  network: words.meta({ description: "network targets, like models:443, internet:443 or 192.0.2.0/24:5432" }),
  secrets: words,
  volumes: z.string().max(40).optional().meta({ description: "the most storage of a pod, like 100Gi" }),
  services: words,
  k8s: words,
  devices: z.record(z.string().min(1).max(200), z.int().min(1)).optional().meta({
    description: "the most that one pod may have, in the units of the resource, like nvidia.com/gpumem: 20000",
  }),
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
    summary: "List the registered job types that the project may use",
    access: "read",
    params: project,
    status: 200,
    response: view.pageOf(types.JobTypeSummary),
  },
  registerJobType: {
    method: "POST",
    path: T,
    summary:
      "Register a job type, or a new version of it, from its document; a version that asks for no grants is active immediately",
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
    summary: "Run all checks of a registration without registering it",
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
    summary: "Get a job type: its versions, checks, grants and stops",
    access: "read",
    params: type,
    status: 200,
    response: types.JobTypeView,
  },
  getJobTypeSchema: {
    method: "GET",
    path: `${T}/:type/schema`,
    summary: "Get the input and output of a job type, for forms, editors and help",
    access: "read",
    params: type,
    query: version,
    status: 200,
    response: types.JobTypeSchemaView,
  },
  getJobTypePage: {
    method: "GET",
    path: `${T}/:type/page`,
    summary: "Get the documentation page of a job type, in Markdown",
    access: "read",
    params: type,
    query: version,
    status: 200,
    response: types.JobTypePageView,
  },
  tryJobType: {
    method: "POST",
    path: `${T}/:type/try`,
    summary: "Run an example of a job type; a draft becomes validated when the run succeeds",
    access: "write",
    params: type,
    body: z
      .strictObject({
        version: z.string().optional(),
        example: z.int().min(0).default(0).meta({ description: "index of the example, from 0" }),
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
    summary: "Activate a version that has all grants that it asks for",
    access: "write",
    params: type,
    body: z.strictObject({ version: z.string().optional() }).default({}),
    status: 200,
    response: types.JobTypeView,
  },
  deprecateJobType: {
    method: "POST",
    path: `${T}/:type/deprecate`,
    summary: "Deprecate a version: runs of it get a warning, and are refused after the day `until`",
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
    summary: "Withdraw a type (by its own project): within seconds no job of the type starts in any project",
    access: "admin",
    params: type,
    body: z.strictObject({ reason: z.string().min(1).max(500) }),
    status: 200,
    response: types.JobTypeView,
  },
  restoreJobType: {
    method: "POST",
    path: `${T}/:type/restore`,
    summary: "Let a withdrawn or quarantined type start again; 409 while an administrator has disabled it",
    access: "admin",
    params: type,
    status: 200,
    response: types.JobTypeView,
  },
  listAllJobTypes: {
    method: "GET",
    path: ANY,
    summary: "List the registered job types of all projects",
    access: "admin",
    status: 200,
    response: view.pageOf(types.JobTypeSummary),
  },
  getAnyJobType: {
    method: "GET",
    path: `${ANY}/:type`,
    summary: "Get a job type of any project, with all of its grants",
    access: "admin",
    params: anyType,
    status: 200,
    response: types.JobTypeView,
  },
  grantJobType: {
    method: "PUT",
    path: `${ANY}/:type/grants/:grantee`,
    summary:
      "Let a project use a type with the named capabilities; without `grants`, with all that the newest version asks for",
    access: "admin",
    params: grantee,
    body: z.strictObject({ grants: grants.optional() }).default({}),
    status: 200,
    response: types.JobTypeView,
  },
  revokeJobType: {
    method: "DELETE",
    path: `${ANY}/:type/grants/:grantee`,
    summary: "Revoke a grant; running jobs continue, but new jobs do not get it",
    access: "admin",
    params: grantee,
    status: 204,
    response: z.null(),
  },
  disableJobType: {
    method: "POST",
    path: `${ANY}/:type/disable`,
    summary: "Disable a type: within seconds no job of the type starts on any server",
    access: "admin",
    params: anyType,
    body: z.strictObject({ reason: z.string().min(1).max(500) }),
    status: 200,
    response: types.JobTypeView,
  },
  enableJobType: {
    method: "POST",
    path: `${ANY}/:type/enable`,
    summary: "Let a type start again, for whatever reason it was stopped",
    access: "admin",
    params: anyType,
    status: 200,
    response: types.JobTypeView,
  },
} as const satisfies Record<string, Route>;
