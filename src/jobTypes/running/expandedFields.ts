// Lists the fields of a pod template in which the kubelet expands `$(NAME)`, and escapes values of users there, so that
// the program gets them unchanged. The command of a lifecycle hook is not in the list: the kubelet does not expand it.

import { isObject, type Json } from "../../model/data/json.ts";
import { literalText } from "../../model/kubernetes/kubeletExpansion.ts";

/** A node of the template with its children. */
export interface Place {
  /** `true` when the kubelet expands the text of this field. */
  readonly expanded?: true;
  readonly items?: Place;
  readonly fields?: Readonly<Record<string, Place>>;
}

const TEXT: Place = { expanded: true };
const TEXTS: Place = { items: TEXT };
const PROBE: Place = { fields: { exec: { fields: { command: TEXTS } } } };
const CONTAINERS: Place = {
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
export const POD_TEMPLATE: Place = {
  fields: { spec: { fields: { containers: CONTAINERS, initContainers: CONTAINERS } } },
};

export function inField(place: Place, name: string): Place {
  return (place.fields !== undefined && Object.hasOwn(place.fields, name) ? place.fields[name] : undefined) ?? {};
}

/**
 * Escapes a value of the user for its place. In an expanded field, a number or a list becomes text first, because it
 * may contain `$(` too.
 */
export function givenAt(place: Place, value: Json): Json {
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
