// Checks and plans a document without a server, with the same functions (src/plan/) and the same catalog as the server.
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
  /** `null` if and only if one of the problems is an error. */
  readonly application: ResolvedApplication | null;
}

export function checkOffline(text: string, catalog: Catalog): OfflineCheck {
  const read = readDocument(text, "auto");
  if (!read.ok) return { problems: withPositions(read.problems, () => undefined), application: null };
  const { problems, application } = checkDocument(read.value, catalog, { offline: true });
  if (application === null) return { problems: withPositions(problems, read.locate), application };
  // Some mistakes are only found when the objects of a component are rendered.
  const rendered = planOffline(text, catalog, "default");
  const found = rendered.plan?.warnings ?? rendered.problems;
  return { problems: found, application: rendered.plan === null ? null : application };
}

/**
 * A plan without a cluster: with neutral facts that refuse nothing, with no running objects, and with masked secrets.
 * So every object is "to create", and nothing is checked that only a cluster knows.
 */
export function planOffline(text: string, catalog: Catalog, project: string): OfflinePlan {
  return planWithInputs({ text, catalog, project, inputs: {} });
}

interface OfflinePlan {
  readonly plan: Plan | null;
  readonly problems: readonly Problem[];
}

/** An offline plan with values for the inputs of the workflow. Inputs without a value stay open. */
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
  // A plan contains its warnings; errors are returned without a plan.
  return planned.plan === null
    ? { plan: null, problems: all }
    : { plan: { ...planned.plan, warnings: all }, problems: [] };
}

/** The errors (not the warnings) of a document that is not yet a text, such as the result of an import. */
export function problemsOf(document: JsonObject, catalog: Catalog): readonly Problem[] {
  return checkOffline(JSON.stringify(document), catalog).problems.filter((one) => one.severity === "error");
}
