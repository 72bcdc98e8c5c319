// Checks the traits of one component. They are checked even where the component's own type or properties have problems,
// as far as that makes sense, so that one pass finds everything.
import type { Catalog } from "../../catalog/catalog.ts";
import type { ComponentDefinition, TraitDefinition } from "../../catalog/define.ts";
import { isObject, type Json } from "../../model/data/json.ts";
import { LIMITS } from "../../model/document/document.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import { brokenRule, type Problem, problem } from "../../model/problems/problem.ts";
import type { DraftTrait } from "../components/componentDraft.ts";
import { traitTarget } from "../components/traitTarget.ts";
import { type Box, checkPiece } from "../fields/checkDefinition.ts";
import { checkObject, type DocumentPart, field, fieldPointer } from "../fields/checkFields.ts";
import { clip, listNames } from "../fields/valueWords.ts";

/** What is known about the component so far. */
interface Carrier {
  readonly type: string | undefined;
  readonly definition: ComponentDefinition | undefined;
  readonly parsed: Box | undefined;
  readonly outputs: Readonly<Record<string, string>> | undefined;
}

export function checkTraits(part: DocumentPart, carrier: Carrier, catalog: Catalog): DraftTrait[] {
  const traits = field(part, "traits");
  if (traits === undefined) return [];
  if (!checkObject(traits, fieldPointer(part, "traits"), part.problems)) return [];
  return Object.entries(traits)
    .slice(0, LIMITS.problems + 1)
    .flatMap(([name, data]) => {
      const definition = catalog.traits.get(name);
      const pointer = fieldPointer(part, "traits", name);
      if (definition) return [checkTrait({ definition, data: data ?? null, pointer }, part, carrier)];
      const params = { value: clip(name), known: listNames(catalog.traits.keys()) };
      part.problems.push(problem("UnknownTrait", pointer, params, nearest(clip(name), catalog.traits.keys())));
      return [];
    });
}

interface Attached {
  readonly definition: TraitDefinition;
  readonly data: Json;
  readonly pointer: string;
}

function checkTrait(trait: Attached, part: DocumentPart, carrier: Carrier): DraftTrait {
  const { definition, data, pointer } = trait;
  if (carrier.definition && !appliesTo(definition, carrier.definition)) {
    const params = { trait: definition.name, type: carrier.definition.name };
    part.problems.push(problem("TraitNotApplicable", pointer, params));
  }
  const piece = { definition, data, pointer, problems: part.problems };
  const parsed = checkPiece(piece, (value) => [
    ...portless(trait, carrier),
    ...(definition.check?.(value, targetOf(part, carrier)) ?? []),
  ]);
  return { definition, pointer, parsed };
}

/** Whether there is a pod is not known from the definition alone: plan/render/renderDraft.ts checks it. */
function appliesTo({ appliesTo: where }: TraitDefinition, type: ComponentDefinition): boolean {
  if (where === "pods") return true;
  return where === "ports" ? type.outputs !== undefined : where.includes(type.name);
}

/** No problem when the properties are invalid: whether the component serves a port is then not known. */
function portless({ definition }: Attached, { outputs, ...carrier }: Carrier): readonly Problem[] {
  if (definition.appliesTo !== "ports" || carrier.definition?.outputs === undefined) return [];
  if (outputs === undefined || Object.hasOwn(outputs, "port")) return [];
  const { name } = definition;
  return [
    brokenRule([], { en: "a {name} needs a component that serves a port", zh: "{name} 需要组件提供端口" }, { name }),
  ];
}

function targetOf(part: DocumentPart, carrier: Carrier): ReturnType<typeof traitTarget> {
  const raw = field(part, "properties");
  // Parsed properties are JSON, because their schema transforms nothing to other types.
  const properties = carrier.parsed ? (carrier.parsed.data as Json) : isObject(raw) ? raw : {};
  return traitTarget(carrier.type ?? "", properties, carrier.outputs ?? {});
}
