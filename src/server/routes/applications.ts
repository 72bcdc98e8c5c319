// The routes of applications: plan, deploy, read, delete. They only translate between HTTP and the engine (src/engine),
// which has the rules.

import { applicationStatus } from "../../engine/answering/status.ts";
import { explainWhy } from "../../engine/answering/why.ts";
import { planDocument } from "../../engine/planning/planning.ts";
import { deleteApplication, knownApplication } from "../../engine/starting/deleteApplication.ts";
import { startDeployRun } from "../../engine/starting/deploy.ts";
import { knownRevision } from "../../engine/starting/revisions.ts";
import type { ApplicationSummary } from "../../model/run/revision.ts";
import { given, type Implementations } from "../shared/contract.ts";
import { applicationSummaries, documentView, statusView } from "../views/application.ts";
import { planView } from "../views/plan.ts";
import { whyView } from "../views/why.ts";
import { acceptedAfter } from "./acceptedRun.ts";

export const applications = {
  planApplication: async ({ params, query, body }, { dependencies, language, signal }) => {
    const planned = await planDocument(dependencies, { ...params, ...given(query), ...body }, signal);
    return { body: planView(planned, language) };
  },

  listApplications: async ({ params, query }, { dependencies, language }) => {
    const { items, next } = await dependencies.store.applications.list(params.project, given(query));
    return { body: { items: await applicationSummaries(dependencies, items, language), next } };
  },

  deployApplication: async ({ params, query, body }, context) => {
    const { wait, ...rest } = query;
    const request = { ...params, ...given(rest), ...body, ...context.conditions() };
    return acceptedAfter(context, wait, () => startDeployRun(context.dependencies, request, context.signal));
  },

  getApplication: async ({ params }, { dependencies, language }) => {
    const summary = await knownApplication(dependencies, params);
    const revision = await knownRevision(dependencies, params, summary.revision);
    const [shown] = await applicationSummaries(dependencies, [summary], language);
    if (shown === undefined) throw new Error(`application ${summary.name} has no summary`);
    return {
      body: { ...shown, document: documentView(revision) },
      etag: applicationEtag(summary),
    };
  },

  getStatus: async ({ params }, { dependencies, language, signal }) => ({
    body: statusView(dependencies, await applicationStatus(dependencies, params, signal), language),
  }),

  explainWhy: async ({ params, query }, { dependencies, language, signal }) => {
    const chain = await explainWhy(dependencies, { ...params, ...given(query) }, signal);
    return { body: whyView(chain, language) };
  },

  deleteApplication: async ({ params, query }, context) => {
    const request = { ...params, volumes: query.volumes, ...context.conditions() };
    return acceptedAfter(context, query.wait, () => deleteApplication(context.dependencies, request));
  },
} satisfies Partial<Implementations>;

/** If-Match compares only the revision. The last run is part of the ETag because the response shows it too. */
function applicationEtag({ revision, lastRun }: ApplicationSummary): string {
  return `rev-${revision}${lastRun === null ? "" : `.run-${lastRun.number}-${lastRun.phase}`}`;
}
