// Imports plain Kubernetes manifests. Workloads, ConfigMaps and Secrets become components. Services, Ingresses,
// autoscalers and disruption budgets become part of the workload that they point to. Claims become storage of the
// workload that mounts them. All other objects are put unchanged into a component of type objects.
import { CLUSTER_WIDE } from "../../catalog/parts/objects/clusterScoped.ts";
import { dig, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { freeName, type ImportDraft, nameOf, newDraft, nextOf, place } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { CLUSTERS_OWN, RENAMED, TYPE_CHOSEN, words } from "../mapping/reportWords.ts";
import { applyRules, field, type Importing, type InputPart, objectOf } from "../mapping/rules.ts";
import { metadata, namespaceRule } from "../parts/metadata.ts";
import { type FoundObject, findObjects } from "./objects.ts";
import { importBudget, importScaler } from "./scaling.ts";
import { importIngress, importService, isHeadless, selects } from "./services.ts";
import { DATA_KINDS, WORKLOADS, type WorkloadShared } from "./workloads.ts";

interface ImportState {
  readonly importing: Importing;
  readonly objects: readonly FoundObject[];
  /** Objects that became a component or a part of one, with the draft of this component. */
  readonly drafts: Map<FoundObject, ImportDraft>;
  readonly claims: Set<FoundObject>;
}

export function importManifests(importing: Importing, documents: readonly Path[]): void {
  const state: ImportState = {
    importing,
    objects: findObjects(importing, documents),
    drafts: new Map(),
    claims: new Set(),
  };
  nameComponents(state);
  for (const object of ofKind(state, "/Namespace")) importNamespace(object);
  for (const object of state.objects) {
    if (Object.hasOwn(WORKLOADS, object.kind)) importWorkload(object, state);
    else if (Object.hasOwn(DATA_KINDS, object.kind)) importData(object, state);
  }
  for (const object of ofKind(state, "networking.k8s.io/Ingress")) importRoute(object, state);
  for (const object of ofKind(state, "autoscaling/HorizontalPodAutoscaler")) importAutoscaler(object, state);
  for (const object of ofKind(state, "policy/PodDisruptionBudget")) importBudgetOf(object, state);
  keepAsObjects(state);
}

function ofKind(state: ImportState, ...kinds: readonly string[]): readonly FoundObject[] {
  return state.objects.filter((object) => kinds.includes(object.kind));
}

/**
 * Names the components. Workloads come first, so that a ConfigMap of the same name is renamed and not the workload. A
 * workload gets the name of its Service, because other programs use that name as an address.
 */
function nameComponents(state: ImportState): void {
  const taken = new Set<string>();
  const begin = (object: FoundObject, wanted: string, otherwise: string): void => {
    const name = freeName(wanted, taken, otherwise);
    taken.add(name);
    const draft = newDraft({ name });
    state.drafts.set(object, draft);
  };
  for (const object of state.objects.filter(({ kind }) => Object.hasOwn(WORKLOADS, kind)))
    begin(object, servicesOf(object, state).find((one) => !isHeadless(one))?.name ?? object.name, "app");
  for (const object of state.objects.filter(({ kind }) => Object.hasOwn(DATA_KINDS, kind))) {
    const suffix = object.kind === "/Secret" ? "secret" : "config";
    begin(object, taken.has(object.name) ? `${object.name}-${suffix}` : object.name, suffix);
  }
  // The components keep the order of the input.
  for (const object of state.objects) {
    const draft = state.drafts.get(object);
    if (draft) state.importing.drafts.push(draft);
  }
}

function podLabels(object: FoundObject): JsonObject {
  const path = WORKLOADS[object.kind]?.pod ?? [];
  const labels = dig(object.part.value, ...path, "metadata", "labels");
  return objectOf(labels as JsonObject | undefined); // The input is JSON, so each part of it is.
}

function servicesOf(object: FoundObject, state: ImportState): readonly FoundObject[] {
  return ofKind(state, "/Service").filter((service) => selects(service, podLabels(object)));
}

function importNamespace({ part }: FoundObject): void {
  const { importing } = part;
  const meta = field(part, "metadata");
  const became = words(
    "became the namespace of the document; deploy with --create-namespace",
    "改为文档的命名空间；部署时请加 --create-namespace",
  );
  for (const key of ["apiVersion", "kind", "spec", "status"])
    say(importing.ledger, [...part.at, key], "changed", became, { draft: importing.head, path: ["namespace"] });
  const name = meta && field(meta, "name");
  if (name) namespaceRule(name);
  if (meta) metadataOfNobody(meta);
}

/** Labels of a namespace are reported as not supported, because kubemin creates namespaces without labels. */
function metadataOfNobody(meta: InputPart<unknown>): void {
  applyRules({ creationTimestamp: (part) => say(part.importing.ledger, part.at, "changed", CLUSTERS_OWN) }, meta);
}

interface Head {
  readonly type: string;
  /** Labels that are not imported, because they only served to select the workload's pods. */
  readonly own: ReadonlySet<string>;
}

function head(object: FoundObject, draft: ImportDraft, { type, own }: Head): void {
  const { importing, at } = object.part;
  const part = { ...object.part, draft };
  place(draft, ["type"], type);
  for (const key of ["apiVersion", "kind"])
    say(importing.ledger, [...at, key], "changed", TYPE_CHOSEN, { draft, path: ["type"] });
  say(importing.ledger, [...at, "status"], "changed", CLUSTERS_OWN);
  const meta = field(part, "metadata");
  if (meta === undefined) return;
  const name = nameOf(draft);
  put(
    importing.ledger,
    { draft, path: ["name"] },
    name,
    [...meta.at, "name"],
    name === object.name ? undefined : RENAMED(object.name, name),
  );
  metadata(meta, ["objects"], own);
}

function importWorkload(object: FoundObject, state: ImportState): void {
  const draft = state.drafts.get(object);
  const workload = WORKLOADS[object.kind];
  if (draft === undefined || workload === undefined) return;
  const services = servicesOf(object, state).filter((service) => !state.drafts.has(service));
  // The input is JSON.
  const selected = objectOf(dig(object.part.value, "spec", "selector", "matchLabels") as JsonObject | undefined); // JSON
  const own = privateLabels(selected, state);
  head(object, draft, { type: services.length > 0 ? workload.type.served : workload.type.alone, own });
  const shared: WorkloadShared = {
    called: (kind, name) => calledIn(state, kind, name),
    takeClaim: (name) => takeClaim(state, name, draft),
    selected,
    private: own,
    ports: new Map(),
    templates: new Map(),
  };
  const spec = field(object.part, "spec");
  place(draft, ["properties"], {});
  if (spec) applyRules(workload.spec, { ...spec, draft, shared });
  // A component has one Service. A further headless Service is dropped, because a store has one anyway.
  const ordered = [...services.filter((one) => !isHeadless(one)).slice(0, 1), ...services.filter(isHeadless)];
  for (const service of ordered) {
    state.drafts.set(service, draft);
    importService(service, draft, shared.ports);
  }
}

const PARTS = new Set(["/Namespace", "/Service", "networking.k8s.io/Ingress", "policy/PodDisruptionBudget"]);

/**
 * Labels that only select the workload's own pods. Labels that also occur in an object that is kept unchanged, such as
 * a NetworkPolicy, are not among them and stay on the pods.
 */
function privateLabels(selected: JsonObject, state: ImportState): ReadonlySet<string> {
  const kept = state.objects.filter(
    ({ kind }) => !Object.hasOwn(WORKLOADS, kind) && !Object.hasOwn(DATA_KINDS, kind) && !PARTS.has(kind),
  );
  const text = kept.map((one) => JSON.stringify(one.part.value)).join("\n");
  const asked = ([key, value]: [string, Json | undefined]): boolean =>
    text.includes(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return new Set(Object.entries(selected).flatMap((entry) => (asked(entry) ? [] : [entry[0]])));
}

function calledIn(state: ImportState, kind: "ConfigMap" | "Secret", name: string): string {
  const found = ofKind(state, `/${kind}`).find((one) => one.name === name);
  const draft = found && state.drafts.get(found);
  return draft ? nameOf(draft) : name;
}

function takeClaim(state: ImportState, name: string, draft: ImportDraft): InputPart<unknown> | undefined {
  const claim = ofKind(state, "/PersistentVolumeClaim").find((one) => one.name === name && !state.claims.has(one));
  const spec = claim && field(claim.part, "spec");
  if (claim === undefined || spec === undefined) return undefined;
  state.claims.add(claim);
  state.drafts.set(claim, draft);
  const became = words(
    "became persistent storage of the component that mounts it",
    "改为挂载它的组件的 persistent 存储",
  );
  const target = { draft, path: ["traits", "storage"] };
  const { ledger } = state.importing;
  for (const key of ["apiVersion", "kind"]) say(ledger, [...claim.part.at, key], "changed", became, target);
  say(ledger, [...claim.part.at, "status"], "changed", CLUSTERS_OWN);
  const meta = field(claim.part, "metadata");
  if (meta) {
    say(ledger, [...meta.at, "name"], "changed", became, target);
    const namespace = field(meta, "namespace");
    if (namespace) namespaceRule(namespace);
  }
  return { ...spec, draft };
}

function importData(object: FoundObject, state: ImportState): void {
  const draft = state.drafts.get(object);
  const kind = DATA_KINDS[object.kind];
  if (draft === undefined || kind === undefined) return;
  head(object, draft, { type: kind.type, own: new Set() });
  place(draft, ["properties"], { data: {} });
  applyRules(kind.rules, { ...object.part, draft });
}

function importRoute(object: FoundObject, state: ImportState): void {
  const draft = importIngress(object, (name) => {
    const service = ofKind(state, "/Service").find((one) => one.name === name);
    return service && state.drafts.get(service);
  });
  if (draft) state.drafts.set(object, draft);
}

function importAutoscaler(object: FoundObject, state: ImportState): void {
  const name = dig(object.part.value, "spec", "scaleTargetRef", "name");
  const target = state.objects.find((one) => Object.hasOwn(WORKLOADS, one.kind) && one.name === name);
  const draft = target && state.drafts.get(target);
  if (draft === undefined) return;
  state.drafts.set(object, draft);
  importScaler(object, draft);
}

const HAVE_BUDGETS = new Set(["apps/Deployment", "apps/StatefulSet"]);

function importBudgetOf(object: FoundObject, state: ImportState): void {
  // The input is JSON.
  const selector = objectOf(dig(object.part.value, "spec", "selector", "matchLabels") as JsonObject | undefined); // JSON
  const target = state.objects.find((one) => HAVE_BUDGETS.has(one.kind) && covers(selector, podLabels(one)));
  const draft = target && state.drafts.get(target);
  if (draft === undefined) return;
  state.drafts.set(object, draft);
  importBudget(object, draft);
}

function covers(selector: JsonObject, labels: JsonObject): boolean {
  const entries = Object.entries(selector);
  return entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
}

/**
 * Puts all other objects unchanged into a component of type objects. The later check (src/import/removeRefused.ts)
 * reports a catalog without this type.
 */
function keepAsObjects(state: ImportState): void {
  const others = state.objects.filter((one) => !state.drafts.has(one) && one.kind !== "/Namespace");
  if (others.length === 0) return;
  const { importing } = state;
  const taken = new Set(importing.drafts.map(nameOf));
  const draft = newDraft({ name: freeName("objects", taken, "objects"), type: "objects", properties: {} });
  importing.drafts.push(draft);
  for (const { part, kind } of others) {
    put(importing.ledger, { draft, path: nextOf(draft, ["properties", "objects"]) }, part.value, part.at);
    if (CLUSTER_WIDE.has(kind.replace(/^\//, ""))) place(draft, ["properties", "clusterScoped"], true);
  }
}
