// What can be said about a document without a server: the same checks that the server makes, from the same catalog.
import type { Catalog } from "../../catalog/catalog.ts";
import type { JsonObject } from "../../model/data/json.ts";
import { sealedToken } from "../../model/document/sealed.ts";
import type { Problem } from "../../model/problems/problem.ts";
import type { Plan } from "../../model/run/plan.ts";
import { checkDocument } from "../../plan/check/check.ts";
import { NEUTRAL } from "../../plan/components/neutralFacts.ts";
import type { ResolvedApplication } from "../../plan/components/resolvedApplication.ts";
import { sealDocument, sealWorkflowInputs } from "../../plan/components/seal.ts";
import { planApplication } from "../../plan/plan.ts";
import { withPositions } from "../../plan/read/locate.ts";
import { readDocument } from "../../plan/read/read.ts";

interface OfflineCheck {
  readonly problems: readonly Problem[];
  /** Null exactly when there is an error among the problems. */
  readonly application: ResolvedApplication | null;
}

export function checkOffline(text: string, catalog: Catalog): OfflineCheck {
  const read = readDocument(text, "auto");
  if (!read.ok) return { problems: withPositions(read.problems, () => undefined), application: null };
  const { problems, application } = checkDocument(read.value, catalog, { offline: true });
  if (application === null) return { problems: withPositions(problems, read.locate), application };
  // Some mistakes only show when the parts of a component are put together.
  const rendered = planOffline(text, catalog, "default");
  const found = rendered.plan?.warnings ?? rendered.problems;
  return { problems: found, application: rendered.plan === null ? null : application };
}

/**
 * Rendered against no cluster: neutral facts that refuse nothing, nothing that runs now, secrets as masks. Everything is therefore
 * "to create"; what only a cluster knows is not checked.
 */
export function planOffline(text: string, catalog: Catalog, project: string): OfflinePlan {
  return planWithInputs({ text, catalog, project, inputs: {} });
}

interface OfflinePlan {
  readonly plan: Plan | null;
  readonly problems: readonly Problem[];
}

/** What is not among the inputs stays open, as it does when the document is only checked. */
export function planWithInputs(asked: {
  readonly text: string;
  readonly catalog: Catalog;
  readonly project: string;
  readonly inputs: JsonObject;
}): OfflinePlan {
  const { text, catalog, project, inputs } = asked;
  const read = readDocument(text, "auto");
  if (!read.ok) return { plan: null, problems: withPositions(read.problems, () => undefined) };
  const seal = (): string => sealedToken("offline");
  const sealed = sealDocument(read.value, catalog, seal);
  const { problems, application } = checkDocument(sealed, catalog, { offline: true });
  if (application === null) return { plan: null, problems: withPositions(problems, read.locate) };
  const planned = planApplication({
    application,
    project,
    facts: NEUTRAL,
    previous: null,
    owned: [],
    presentOutside: null,
    inputs: sealWorkflowInputs(inputs, { workflow: sealed["workflow"] ?? null, catalog, seal }),
    offline: true,
  });
  const all = withPositions([...problems, ...planned.problems], read.locate);
  // Warnings live in the plan; only errors are told beside it.
  return planned.plan === null
    ? { plan: null, problems: all }
    : { plan: { ...planned.plan, warnings: all }, problems: [] };
}

/** The errors of a document that somebody is still making: the same as those of checkOffline. */
export function problemsOf(document: JsonObject, catalog: Catalog): readonly Problem[] {
  return checkOffline(JSON.stringify(document), catalog).problems.filter((one) => one.severity === "error");
}
