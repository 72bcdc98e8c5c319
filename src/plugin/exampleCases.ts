// Builds documents around the examples of a definition. checkPack.ts plans them to see whether the examples are right.
import type { Catalog } from "../catalog/catalog.ts";
import type { ComponentDefinition, TraitDefinition } from "../catalog/define.ts";
import type { Json, JsonObject } from "../model/data/json.ts";

export interface Case {
  readonly kind: string;
  readonly name: string;
  readonly title: string;
  readonly document: JsonObject;
  /** The same document without the trait; `undefined` for a component type. */
  readonly bare: JsonObject | undefined;
}

/** A component that is part of every document, because examples may refer to it. */
const REDIS = { name: "redis", type: "store", properties: { preset: "redis" } };
const HOST = { image: "busybox:1.36", port: 8080 };

export function casesOf(
  kind: "component type" | "trait",
  definition: ComponentDefinition | TraitDefinition,
  catalog: Catalog,
): readonly Case[] {
  const { name } = definition;
  const examples: readonly { readonly title: { readonly en: string }; readonly value: Json }[] = Array.isArray(
    definition.examples,
  )
    ? definition.examples
    : [];
  const document = (component: JsonObject): JsonObject => ({ name: "example", components: [REDIS, component] });
  return examples.map(({ title, value }) => {
    const about = { kind, name, title: title?.en ?? "" };
    if (!("appliesTo" in definition))
      return { ...about, document: document({ name: "one", type: name, properties: value }), bare: undefined };
    const host = hostOf(definition, catalog);
    return { ...about, document: document({ ...host, traits: { [name]: value } }), bare: document(host) };
  });
}

/** A component that the trait can be attached to. */
function hostOf({ appliesTo }: TraitDefinition, catalog: Catalog): JsonObject {
  const type =
    appliesTo === "pods" || appliesTo === "ports" || appliesTo.includes("webservice")
      ? "webservice"
      : (appliesTo[0] ?? "webservice");
  const properties = type === "webservice" ? HOST : (catalog.components.get(type)?.examples[0]?.value ?? {});
  return { name: "one", type, properties };
}
