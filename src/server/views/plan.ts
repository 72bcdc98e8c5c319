// Turns plans and changes into views of the API: everything that will be applied, with secrets masked.

import type { z } from "zod";
import type { ChangeView, PlanView } from "../../api/planViews.ts";
import type { ObjectView } from "../../api/views.ts";
import type { PlannedDocument } from "../../engine/contract/requests.ts";
import type { Language } from "../../model/data/text.ts";
import type { ObjectRef } from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import type { ObjectChange, PlannedJob } from "../../model/run/plan.ts";
import { stepFacts } from "../../plan/workflow/expand/describe.ts";
import type { Frozen } from "../shared/contract.ts";
import { mask, maskObject } from "./mask.ts";
import { problemItem } from "./problem.ts";

export function planView(
  { plan, clusterKind }: Pick<PlannedDocument, "plan" | "clusterKind">,
  language: Language,
): Frozen<z.output<typeof PlanView>> {
  const { application, namespace, cluster, jobs, layers, changes, warnings, hash } = plan;
  return {
    application,
    namespace,
    cluster,
    clusterKind,
    jobs: jobs.map(plannedJob),
    layers,
    changes: changes.map(changeView),
    warnings: warnings.map((one) => problemItem(one, language)),
    hash,
  };
}

function plannedJob(job: PlannedJob): Frozen<z.output<typeof PlanView>["jobs"][number]> {
  const { name, type, component, needs, objects, timeout, retry } = job;
  return {
    name,
    type,
    component: writtenName(component),
    needs,
    objects: objects.map(({ manifest, keep }) => ({ manifest: maskObject(manifest), keep })),
    timeout,
    attempts: retry.attempts,
    ...maskedFacts(job),
  };
}

function maskedFacts(job: PlannedJob) {
  const facts = stepFacts(job);
  return { ...facts, ...(facts.input === undefined ? {} : { input: maskObject(facts.input) }) };
}

/** A changed secret shows the same mask on both sides: the fact that it changed is visible, its values are not. */
export function changeView(change: ObjectChange): Frozen<z.output<typeof ChangeView>> {
  return {
    component: writtenName(change.component),
    object: objectView(change.object),
    action: change.action,
    class: change.class,
    ...(change.disruption === undefined ? {} : { disruption: change.disruption }),
    ...(change.task === undefined ? {} : { task: change.task }),
    ...(change.doneIn === undefined ? {} : { doneIn: change.doneIn }),
    ...(change.gone === undefined ? {} : { gone: change.gone }),
    fields: change.fields.map(({ path, before, after, by }) => ({
      path,
      ...(by === undefined ? {} : { by }),
      ...(before === undefined ? {} : { before: mask(before) }),
      ...(after === undefined ? {} : { after: mask(after) }),
    })),
  };
}

export function objectView({ apiVersion, kind, namespace, name }: ObjectRef): Frozen<z.output<typeof ObjectView>> {
  return { apiVersion, kind, namespace, name };
}
