// Lists the fields of a pod template in which the kubelet expands `$(NAME)`, and escapes values of users there, so that
// the program gets them unchanged. The command of a lifecycle hook is not in the list: the kubelet does not expand it.

import { isObject, type Json } from "../../model/data/json.ts";
import { literalText } from "../../model/kubernetes/kubeletExpansion.ts";

/** A node of the template with its children. */
export interface ExpandedFields {
  /** `true` when the kubelet expands the text of this field. */
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

/**
 * Escapes a value of the user for its place. In an expanded field, a number or a list becomes text first, because it
 * may contain `$(` too.
 */
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
