// The routes of registered job types. The rules are in src/jobTypes/registering; this file only translates between HTTP
// and them, and starts a sample run through the engine.
import type { z } from "zod";
import type { JobTypeView } from "../../api/jobTypeViews.ts";
import { startWorkflowRun } from "../../engine/starting/startWorkflowRun.ts";
import { jobTypePage } from "../../jobTypes/registering/docsPage.ts";
import {
  activateType,
  deprecateType,
  knownType,
  knownVersion,
  noteSampleRun,
  ownVersion,
} from "../../jobTypes/registering/lifecycle.ts";
import { presentChecks } from "../../jobTypes/registering/presentChecks.ts";
import { checkType, registerType } from "../../jobTypes/registering/registerType.ts";
import {
  anyType,
  disableType,
  enableType,
  grantType,
  restoreType,
  revokeType,
  withdrawType,
} from "../../jobTypes/registering/switches.ts";
import { mayUse, type TypeEntry } from "../../jobTypes/registry/view.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { type Frozen, given, type Implementations, type RouteContext } from "../shared/contract.ts";
import { checkView } from "../views/check.ts";
import { jobTypeSchema, jobTypeSummary, jobTypeView, newestOf, type Reader } from "../views/jobType.ts";
import { accepted } from "./acceptedRun.ts";

interface Named {
  readonly project: string;
  readonly type: string;
}

export const jobTypes = {
  async listJobTypes({ params: { project } }, context) {
    await context.registry.refresh();
    const types = [...context.registry.view().types.values()].filter((type) => mayUse(type, project));
    return { body: { items: types.map((type) => jobTypeSummary(type, reader(context, project))), next: null } };
  },

  async registerJobType({ params: { project }, query, body }, context) {
    const request = { project, actor: actor(context), ...body, ...given(query) };
    const { name } = await registerType(context.registry, request, context.signal);
    return shown(context, { project, type: name });
  },

  async checkJobType({ params: { project }, query, body }, context) {
    const request = { project, actor: actor(context), ...body, ...given(query) };
    const checks = await checkType(context.registry, request, context.signal);
    const passed = checks.every((one) => one.result !== "failed");
    return { body: { passed, checks: checks.map((one) => checkView(one, context.language)) } };
  },

  async getJobType({ params }, context) {
    await context.registry.refresh();
    return shown(context, params);
  },

  async getJobTypeSchema({ params: { project, type: name }, query }, context) {
    await context.registry.refresh();
    const type = knownType(context.registry, project, name);
    return { body: jobTypeSchema(type, knownVersion(type, query.version), reader(context, project)) };
  },

  async getJobTypePage({ params: { project, type: name }, query }, { registry, language }) {
    await registry.refresh();
    const entry = knownVersion(knownType(registry, project, name), query.version);
    return { body: { name, version: entry.stored.version, markdown: jobTypePage(entry, language) } };
  },

  async tryJobType({ params, body: { version, example, ...place } }, context) {
    const { registry, dependencies } = context;
    await registry.refresh();
    const entry = ownVersion(registry, { ...params, actor: actor(context), ...given({ version }) });
    const { examples, version: tried } = entry.registration.spec;
    const input = examples[example]?.input;
    if (input === undefined)
      throw new PlatformError("NoSuchExample", { type: params.type, version: tried, example, count: examples.length });
    const { project, type } = params;
    const request = { project, type, version: tried, input, message: "sample run", ...given(place) };
    const { run } = await startWorkflowRun(dependencies, { ...request, ...context.conditions() });
    await noteSampleRun(registry, entry, run);
    return accepted(run, context);
  },

  async activateJobType({ params, body }, context) {
    await activateType(context.registry, { ...params, ...given(body), actor: actor(context) });
    return shown(context, params);
  },

  async deprecateJobType({ params, body }, context) {
    await deprecateType(context.registry, { ...params, ...given(body), actor: actor(context) });
    return shown(context, params);
  },

  async withdrawJobType({ params, body }, context) {
    await withdrawType(context.registry, { ...params, ...body, actor: actor(context) });
    return shown(context, params);
  },

  async restoreJobType({ params }, context) {
    await restoreType(context.registry, { ...params, actor: actor(context) });
    return shown(context, params);
  },

  async listAllJobTypes(_, context) {
    await context.registry.refresh();
    const types = [...context.registry.view().types.values()];
    return { body: { items: types.map((type) => jobTypeSummary(type, reader(context, null))), next: null } };
  },

  async getAnyJobType({ params }, context) {
    await context.registry.refresh();
    return shownToAll(context, params.type);
  },

  async grantJobType({ params: { type, grantee: project }, body }, context) {
    await grantType(context.registry, { type, project, ...given(body), actor: actor(context) });
    return shownToAll(context, type);
  },

  async revokeJobType({ params: { type, grantee: project } }, context) {
    await revokeType(context.registry, { type, project, actor: actor(context) });
    return { body: null };
  },

  async disableJobType({ params, body }, context) {
    await disableType(context.registry, { ...params, ...body, actor: actor(context) });
    return shownToAll(context, params.type);
  },

  async enableJobType({ params }, context) {
    await enableType(context.registry, { ...params, actor: actor(context) });
    return shownToAll(context, params.type);
  },
} satisfies Partial<Implementations>;

type Shown = { readonly body: Frozen<z.output<typeof JobTypeView>> };

function shown(context: RouteContext, { project, type }: Named): Shown {
  return viewOf(context, knownType(context.registry, project, type), project);
}

function shownToAll(context: RouteContext, type: string): Shown {
  return viewOf(context, anyType(context.registry, type), null);
}

function viewOf(context: RouteContext, type: TypeEntry, project: string | null): Shown {
  const checks = presentChecks(context.registry, newestOf(type));
  return { body: jobTypeView(type, checks, reader(context, project)) };
}

function reader({ dependencies, language }: RouteContext, project: string | null): Reader {
  return { dependencies, language, project };
}

function actor(context: RouteContext): string {
  return context.conditions().actor;
}
