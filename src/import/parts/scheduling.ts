// Scheduling rules of Kubernetes become the trait `placement`, as far as the trait can express them: node labels,
// preferred node labels, tolerations, one pod per host, spreading of the component's pods. The rest of an affinity is
// reported as not supported.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { nextOf, place } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, NODE_LABELS, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRule,
  type FieldRules,
  field,
  fieldsOf,
  type InputPart,
  itemsOf,
  take,
  textOf,
} from "../mapping/rules.ts";

/** The labels that select the component's own pods. */
export interface OwnPods {
  readonly selected: JsonObject;
}

const TO = ["traits", "placement"];
const SPREAD = words("became spread of the trait placement", "改为 placement 特征的 spread");
const ALONE = words("became onePerHost of the trait placement", "改为 placement 特征的 onePerHost");
const BEYOND = advised(
  ["the trait placement cannot express this", "placement 特征无法表达"],
  [
    "use nodes, prefer, spread, together, apart or onePerHost, or keep the workload as it is in a component of type objects",
    "请改用 nodes、prefer、spread、together、apart、onePerHost，或用 objects 组件保留原工作负载",
  ],
);
const HOSTS = "kubernetes.io/hostname";
const OVER: Readonly<Record<string, string>> = { [HOSTS]: "hosts", "topology.kubernetes.io/zone": "zones" };

const nodeSelector: FieldRule = (part) => {
  for (const [key, value] of fieldsOf(part))
    put(part.importing.ledger, { draft: part.draft, path: [...TO, "nodes", key] }, value.value, value.at);
};

const TOLERATION = { key: "key", operator: "operator", value: "value", effect: "effect", tolerationSeconds: "seconds" };

export const tolerations: FieldRule = (list) => {
  for (const item of itemsOf(list)) {
    const to = nextOf(item.draft, [...TO, "tolerations"]);
    for (const [from, ours] of Object.entries(TOLERATION)) {
      const given = field(item, from);
      if (given) put(item.importing.ledger, { draft: item.draft, path: [...to, ours] }, given.value, given.at);
    }
  }
};

/**
 * The labels of a node selector term. All expressions must match, as in the trait. `undefined` when an expression is
 * something else than "one of these values".
 */
function labelsOf(term: Json | undefined): JsonObject | undefined {
  const expressions = isObject(term) ? term["matchExpressions"] : undefined;
  if (!isObject(term) || !Array.isArray(expressions) || term["matchFields"] !== undefined) return undefined;
  const pairs: [string, Json][] = [];
  for (const one of expressions) {
    const [key, values] = isObject(one) ? [textOf(one["key"]), one["values"]] : [];
    if (!isObject(one) || key === undefined || one["operator"] !== "In" || !Array.isArray(values)) return undefined;
    pairs.push([key, values.length === 1 ? (values[0] ?? null) : values]);
  }
  return Object.fromEntries(pairs);
}

function writeLabels(part: InputPart<unknown>, labels: JsonObject, field_: "nodes" | "prefer"): void {
  const { draft, importing, at } = part;
  for (const [key, value] of Object.entries(labels)) place(draft, [...TO, field_, key], value ?? null);
  say(importing.ledger, at, "changed", NODE_LABELS, { draft, path: [...TO, field_] });
}

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

const nodeAffinity: FieldRules = {
  [REQUIRED]: (part) => {
    const terms = itemsOf(field(part, "nodeSelectorTerms") ?? { ...part, value: [] });
    const labels = terms.length === 1 ? labelsOf(terms[0]?.value) : undefined;
    if (labels) writeLabels(part, labels, "nodes");
    else say(part.importing.ledger, part.at, "unsupported", BEYOND);
  },
  [PREFERRED]: (list) => {
    for (const item of itemsOf(list)) {
      const labels = labelsOf(field(item, "preference")?.value);
      // In the trait, each preferred label is a separate preference.
      if (labels && Object.keys(labels).length === 1) writeLabels(item, labels, "prefer");
      else say(item.importing.ledger, item.at, "unsupported", BEYOND);
    }
  },
};

function findsOwnPods(term: InputPart<OwnPods>): boolean {
  const selector = field(term, "labelSelector")?.value;
  const labels = isObject(selector) ? selector["matchLabels"] : undefined;
  if (!isObject(selector) || Object.keys(selector).length !== 1 || !isObject(labels)) return false;
  const { selected } = term.shared;
  return Object.keys(labels).length > 0 && Object.entries(labels).every(([key, value]) => selected[key] === value);
}

const podAntiAffinity: FieldRule<OwnPods> = (part) => {
  const terms = itemsOf(field(part, REQUIRED) ?? { ...part, value: [] });
  const [term] = terms;
  const alone = terms.length === 1 && term && field(term, "topologyKey")?.value === HOSTS && findsOwnPods(term);
  if (alone) put(part.importing.ledger, { draft: part.draft, path: [...TO, "onePerHost"] }, true, term.at, ALONE);
  say(part.importing.ledger, part.at, "unsupported", BEYOND);
};

const affinity: FieldRule<OwnPods> = (part) => {
  applyRules<OwnPods>({ nodeAffinity: (node) => applyRules(nodeAffinity, node), podAntiAffinity }, part);
  say(part.importing.ledger, part.at, "unsupported", BEYOND);
};

const spread: FieldRule<OwnPods> = (list) => {
  for (const item of itemsOf(list)) {
    const key = textOf(field(item, "topologyKey")?.value);
    const own = key !== undefined && findsOwnPods(item);
    if (own) spreadItem(item, key, nextOf(item.draft, [...TO, "spread"]));
    // The other fields (minDomains, matchLabelKeys ...) have no counterpart in the trait.
    say(item.importing.ledger, item.at, "unsupported", BEYOND);
  }
};

function spreadItem(item: InputPart<OwnPods>, key: string, to: Path): void {
  const { draft, importing, at } = item;
  const skew = field(item, "maxSkew");
  const strict = field(item, "whenUnsatisfiable")?.value === "DoNotSchedule";
  place(draft, to, { over: OVER[key] ?? key, ...(strict ? { strict } : {}) });
  if (skew) put(importing.ledger, { draft, path: [...to, "maxSkew"] }, skew.value, skew.at);
  for (const name of ["topologyKey", "whenUnsatisfiable", "labelSelector"])
    say(importing.ledger, [...at, name], "changed", SPREAD, { draft, path: to });
}

export const SCHEDULING: FieldRules<OwnPods> = {
  nodeSelector,
  affinity,
  tolerations,
  topologySpreadConstraints: spread,
  priorityClassName: take(...TO, "priorityClass"),
};
