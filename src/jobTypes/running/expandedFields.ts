// Where in the template of a pod the kubelet expands `$(NAME)`: what a user gave is written there so that it comes out as it was given.
// The command of a lifecycle hook is not among them: the kubelet runs it as it is.

import { isObject, type Json } from "../../model/data/json.ts";
import { literalText } from "../../model/kubernetes/kubeletExpansion.ts";

/** A place in the template, and what is inside of it. */
export interface ExpandedFields {
  /** The kubelet expands the text that stands here. */
  readonly expanded?: true;
  readonly items?: ExpandedFields;
  readonly fields?: Readonly<Record<string, ExpandedFields>>;
}

const TEXT: ExpandedFields = { expanded: true };
const TEXTS: ExpandedFields = { items: TEXT };
const PROBE: ExpandedFields = { fields: { exec: { fields: { command: TEXTS } } } };
const CONTAINERS: ExpandedFields = {
  items: {
    fields: {
      command: TEXTS,
      args: TEXTS,
      env: { items: { fields: { value: TEXT } } },
      volumeMounts: { items: { fields: { subPathExpr: TEXT } } },
      livenessProbe: PROBE,
      readinessProbe: PROBE,
      startupProbe: PROBE,
    },
  },
};
export const POD_TEMPLATE: ExpandedFields = {
  fields: { spec: { fields: { containers: CONTAINERS, initContainers: CONTAINERS } } },
};

export function inField(place: ExpandedFields, name: string): ExpandedFields {
  return (place.fields !== undefined && Object.hasOwn(place.fields, name) ? place.fields[name] : undefined) ?? {};
}

/** What a user gave, at its place. A number or a list becomes text here, because its own texts and names are the user's too. */
export function givenAt(place: ExpandedFields, value: Json): Json {
  if (place.expanded === true) return literalText(typeof value === "string" ? value : JSON.stringify(value));
  if (Array.isArray(value)) return value.map((item: Json) => givenAt(place.items ?? {}, item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      inner === undefined ? inner : givenAt(inField(place, name), inner),
    ]),
  );
}
