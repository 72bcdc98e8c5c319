// Revisions: look at, compare, go back to.
import { applicationDrift } from "../../engine/asking/drift.ts";
import { knownApplication } from "../../engine/starting/deleteApplication.ts";
import { diffRevisions, knownRevision } from "../../engine/starting/revisions.ts";
import { rollbackApplication } from "../../engine/starting/rollback.ts";
import { given, type Implementations } from "../shared/contract.ts";
import { revisionSummary, revisionView } from "../views/application.ts";
import { driftView } from "../views/drift.ts";
import { changeView } from "../views/plan.ts";
import { acceptedAfter } from "./acceptedRun.ts";

export const revisions = {
  listRevisions: async ({ params, query }, { world }) => {
    await knownApplication(world, params);
    const { items, next } = await world.store.applications.revisions(params.project, params.application, given(query));
    return { body: { items: items.map(revisionSummary), next } };
  },

  getRevision: async ({ params }, { world }) => {
    const revision = await knownRevision(world, params, params.revision);
    return { body: revisionView(revision), etag: `rev-${revision.number}` };
  },

  diffRevisions: async ({ params, query }, { world }) => {
    const changes = await diffRevisions(world, { ...params, ...query });
    return { body: { from: `revision ${query.from}`, to: `revision ${query.to}`, changes: changes.map(changeView) } };
  },

  getDrift: async ({ params }, { world, language, signal }) => ({
    body: driftView(await applicationDrift(world, params, signal), language),
  }),

  rollbackApplication: async ({ params, query, body }, context) => {
    const request = { ...params, ...given(body), ...context.conditions() };
    return acceptedAfter(context, query.wait, () => rollbackApplication(context.world, request, context.signal));
  },
} satisfies Partial<Implementations>;
