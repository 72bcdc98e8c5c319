// The routes of revisions: read, compare, roll back.
import { applicationDrift } from "../../engine/answering/drift.ts";
import { knownApplication } from "../../engine/starting/deleteApplication.ts";
import { diffRevisions, knownRevision } from "../../engine/starting/revisions.ts";
import { rollbackApplication } from "../../engine/starting/rollback.ts";
import { given, type Implementations } from "../shared/contract.ts";
import { revisionSummary, revisionView } from "../views/application.ts";
import { driftView } from "../views/drift.ts";
import { changeView } from "../views/plan.ts";
import { acceptedAfter } from "./acceptedRun.ts";

export const revisions = {
  listRevisions: async ({ params, query }, { dependencies }) => {
    await knownApplication(dependencies, params);
    const { items, next } = await dependencies.store.applications.revisions(
      params.project,
      params.application,
      given(query),
    );
    return { body: { items: items.map(revisionSummary), next } };
  },

  getRevision: async ({ params }, { dependencies }) => {
    const revision = await knownRevision(dependencies, params, params.revision);
    return { body: revisionView(revision), etag: `rev-${revision.number}` };
  },

  diffRevisions: async ({ params, query }, { dependencies }) => {
    const changes = await diffRevisions(dependencies, { ...params, ...query });
    return { body: { from: `revision ${query.from}`, to: `revision ${query.to}`, changes: changes.map(changeView) } };
  },

  getDrift: async ({ params }, { dependencies, language, signal }) => ({
    body: driftView(await applicationDrift(dependencies, params, signal), language),
  }),

  rollbackApplication: async ({ params, query, body }, context) => {
    const request = { ...params, ...given(body), ...context.conditions() };
    return acceptedAfter(context, query.wait, () => rollbackApplication(context.dependencies, request, context.signal));
  },
} satisfies Partial<Implementations>;
