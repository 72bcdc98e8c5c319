// Finds every problem of a document that can be found without a cluster, and resolves the application when there is no
// error. It continues after each problem as far as the rest still makes sense, and it never throws, whatever JSON it is
// given. Only the cluster can know the rest: that is checked in plan/plan.ts.
import type { Catalog } from "../../catalog/catalog.ts";
import { findCycles } from "../../model/data/cycle.ts";
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { ApplicationDocument } from "../../model/document/document.ts";
import { hasErrors, type Problem, problem } from "../../model/problems/problem.ts";
import type { ComponentDraft } from "../components/componentDraft.ts";
import { type Links, linkComponent } from "../components/references.ts";
import type { ResolvedApplication, ResolvedComponent, ResolvedTrait } from "../components/resolvedApplication.ts";
import { checkSize } from "../read/readLimits.ts";
import { checkWorkflow } from "../workflow/check/checkWorkflow.ts";
import type { ResolvedWorkflow } from "../workflow/steps/resolvedWorkflow.ts";
import { checkComponent } from "./checkComponent.ts";
import { checkEnvelope } from "./checkEnvelope.ts";
import { inDocumentOrder } from "./checkOrder.ts";
import { furtherProblems } from "./soundPart.ts";

interface CheckedDocument {
  /** Errors and warnings, in the order of the document. */
  readonly problems: Problem[];
  /** `null` exactly when there is an error among the problems. */
  readonly application: ResolvedApplication | null;
}

/**
 * `offline`: registered job types are not known here, so the properties of steps with unknown types are not checked.
 */
export function checkDocument(
  value: Json,
  catalog: Catalog,
  { offline = false }: { readonly offline?: boolean } = {},
): CheckedDocument {
  const oversize = checkSize(value);
  if (oversize) return { problems: [oversize], application: null };
  const problems: Problem[] = [];
  const { namespace, components } = checkEnvelope(value, problems);
  const around = { catalog, namespace, problems };
  const drafts = components.flatMap((one, index) => checkComponent(one, `/components/${index}`, around) ?? []);
  const byName = uniqueNames(drafts, problems);
  const links = new Map(drafts.map((draft) => [draft, linkComponent(draft, byName, problems)]));
  checkCycles(links, byName, problems);
  const workflow = workflowOf(value, { catalog, links, byName, problems, offline });
  if (!isObject(value)) return { problems: inDocumentOrder(problems, value), application: null };
  const application = resolve(value, { namespace, links, workflow, types: catalog.jobs });
  if (!hasErrors(problems)) return { problems: inDocumentOrder(problems, value), application };
  const further = furtherProblems(application, problems);
  return { problems: inDocumentOrder([...problems, ...further], value), application: null };
}

function uniqueNames(drafts: readonly ComponentDraft[], problems: Problem[]): ReadonlyMap<string, ComponentDraft> {
  const byName = new Map<string, ComponentDraft>();
  for (const draft of drafts) {
    if (draft.name === undefined) continue;
    const first = byName.get(draft.name);
    if (first === undefined) byName.set(draft.name, draft);
    else {
      const params = { name: draft.name.slice(0, 80), first: `${first.pointer}/name` };
      problems.push(problem("DuplicateName", `${draft.pointer}/name`, params));
    }
  }
  return byName;
}

function checkCycles(
  links: ReadonlyMap<ComponentDraft, Links>,
  byName: ReadonlyMap<string, ComponentDraft>,
  problems: Problem[],
): void {
  const graph = new Map(
    [...byName].map(([name, draft]) => [
      name,
      (links.get(draft)?.needs ?? []).map((need) => ({ to: need.job, pointer: need.pointer ?? draft.pointer })),
    ]),
  );
  for (const cycle of findCycles(graph)) {
    const params = { path: cycle.path.join(" → "), edges: cycle.pointers.join(", ") };
    problems.push(problem("Cycle", cycle.pointers[0] ?? "", params));
  }
}

interface Components {
  readonly catalog: Catalog;
  readonly links: ReadonlyMap<ComponentDraft, Links>;
  readonly byName: ReadonlyMap<string, ComponentDraft>;
  readonly problems: Problem[];
  readonly offline: boolean;
}

function workflowOf(value: Json, { catalog, links, byName, problems, offline }: Components): ResolvedWorkflow | null {
  const workflow = isObject(value) && Object.hasOwn(value, "workflow") ? value["workflow"] : undefined;
  if (workflow === undefined) return null;
  const components = new Map(
    [...byName].map(([name, draft]) => {
      const needs = (links.get(draft)?.needs ?? []).map(({ job, pointer }) => ({ to: job, pointer: pointer ?? "" }));
      return [name, { pointer: draft.pointer, outputs: draft.outputs, needs }] as const;
    }),
  );
  return checkWorkflow(workflow, { types: catalog.jobs, components, pointer: "/workflow", problems, offline });
}

interface Parts {
  readonly namespace: string;
  readonly links: ReadonlyMap<ComponentDraft, Links>;
  readonly workflow: ResolvedWorkflow | null;
  readonly types: ResolvedApplication["types"];
}

function resolve(value: JsonObject, { namespace, links, workflow, types }: Parts): ResolvedApplication {
  return {
    document: documentOf(value),
    namespace,
    components: [...links].flatMap(([draft, link]) => resolveComponent(draft, link) ?? []),
    outside: [...links.values()].flatMap((link) => link.outside),
    keys: [...links.values()].flatMap((link) => link.keys),
    workflow,
    types,
  };
}

/**
 * Removes what has no meaning: the editor's `$schema`, and a namespace of null. A workflow without components gets an
 * empty list.
 */
function documentOf(value: JsonObject): ApplicationDocument {
  const kept = Object.entries(value).filter(
    ([key, inner]) => key !== "$schema" && !(key === "namespace" && inner === null),
  );
  // Every field was checked before this line, so the value is an ApplicationDocument.
  return { components: [], ...Object.fromEntries(kept) } as unknown as ApplicationDocument;
}

/** Returns `undefined` only when there is an error among the problems. */
function resolveComponent(draft: ComponentDraft, link: Links): ResolvedComponent | undefined {
  const { name, definition, parsed, outputs, timeout, retry, clocks, onShort, pointer } = draft;
  if (name === undefined || !definition || !parsed || !outputs) return undefined;
  const traits = draft.traits.flatMap((trait): ResolvedTrait[] =>
    trait.parsed ? [{ definition: trait.definition, data: trait.parsed.data, pointer: trait.pointer }] : [],
  );
  const { needs, wishes } = link;
  const times = { timeout, retry, clocks, onShort };
  return { name, definition, properties: parsed.data, traits, needs, wishes, outputs, ...times, pointer };
}
