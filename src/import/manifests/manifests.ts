// Plain Kubernetes manifests. Workloads become components; Services, Ingresses and autoscalers a part of the workload that they point to;
// ConfigMaps and Secrets components; claims the storage of who mounts them. Everything else goes as it is into a component of type objects.
import { CLUSTER_WIDE } from "../../catalog/parts/objects/clusterScoped.ts";
import { dig, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { type Draft, freeName, nameOf, newDraft, nextOf, place } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { CLUSTERS_OWN, RENAMED, TYPE_CHOSEN, words } from "../mapping/reportWords.ts";
import { applyRules, field, type Importing, objectOf, type Spot } from "../mapping/rules.ts";
import { metadata, namespaceRule } from "../parts/metadata.ts";
import { type Found, findObjects } from "./objects.ts";
import { importBudget, importScaler } from "./scaling.ts";
import { importIngress, importService, isHeadless, selects } from "./services.ts";
import { DATA_KINDS, WORKLOADS, type WorkloadShared } from "./workloads.ts";

interface World {
  readonly importing: Importing;
  readonly objects: readonly Found[];
  /** What became a component, or a part of one. */
  readonly drafts: Map<Found, Draft>;
  readonly claims: Set<Found>;
}

export function importManifests(importing: Importing, documents: readonly Path[]): void {
  const world: World = { importing, objects: findObjects(importing, documents), drafts: new Map(), claims: new Set() };
  nameComponents(world);
  for (const object of ofKind(world, "/Namespace")) importNamespace(object);
  for (const object of world.objects) {
    if (Object.hasOwn(WORKLOADS, object.kind)) importWorkload(object, world);
    else if (Object.hasOwn(DATA_KINDS, object.kind)) importData(object, world);
  }
  for (const object of ofKind(world, "networking.k8s.io/Ingress")) importRoute(object, world);
  for (const object of ofKind(world, "autoscaling/HorizontalPodAutoscaler")) importAutoscaler(object, world);
  for (const object of ofKind(world, "policy/PodDisruptionBudget")) importBudgetOf(object, world);
  keepAsObjects(world);
}

function ofKind(world: World, ...kinds: readonly string[]): readonly Found[] {
  return world.objects.filter((object) => kinds.includes(object.kind));
}

/** Workloads first: a ConfigMap of the same name is the one that is renamed. A workload is called like its Service, whose name is an address. */
function nameComponents(world: World): void {
  const taken = new Set<string>();
  const begin = (object: Found, wanted: string, otherwise: string): void => {
    const name = freeName(wanted, taken, otherwise);
    taken.add(name);
    const draft = newDraft({ name });
    world.drafts.set(object, draft);
  };
  for (const object of world.objects.filter(({ kind }) => Object.hasOwn(WORKLOADS, kind)))
    begin(object, servicesOf(object, world).find((one) => !isHeadless(one))?.name ?? object.name, "app");
  for (const object of world.objects.filter(({ kind }) => Object.hasOwn(DATA_KINDS, kind))) {
    const suffix = object.kind === "/Secret" ? "secret" : "config";
    begin(object, taken.has(object.name) ? `${object.name}-${suffix}` : object.name, suffix);
  }
  // In the order of the input.
  for (const object of world.objects) {
    const draft = world.drafts.get(object);
    if (draft) world.importing.drafts.push(draft);
  }
}

function podLabels(object: Found): JsonObject {
  const path = WORKLOADS[object.kind]?.pod ?? [];
  const labels = dig(object.spot.value, ...path, "metadata", "labels");
  return objectOf(labels as JsonObject | undefined); // a part of the input, which is JSON
}

function servicesOf(object: Found, world: World): readonly Found[] {
  return ofKind(world, "/Service").filter((service) => selects(service, podLabels(object)));
}

function importNamespace({ spot }: Found): void {
  const { importing } = spot;
  const meta = field(spot, "metadata");
  const became = words(
    "the namespace of the document; deploy with --create-namespace",
    "文档的命名空间；部署时加 --create-namespace",
  );
  for (const key of ["apiVersion", "kind", "spec", "status"])
    say(importing.ledger, [...spot.at, key], "changed", became, { draft: importing.head, path: ["namespace"] });
  const name = meta && field(meta, "name");
  if (name) namespaceRule(name);
  if (meta) metadataOfNobody(meta);
}

/** Its labels are the namespace's own business: kubemin makes namespaces without any. */
function metadataOfNobody(meta: Spot<unknown>): void {
  applyRules({ creationTimestamp: (spot) => say(spot.importing.ledger, spot.at, "changed", CLUSTERS_OWN) }, meta);
}

interface Head {
  readonly type: string;
  /** Labels that have no meaning any more. */
  readonly own: ReadonlySet<string>;
}

function head(object: Found, draft: Draft, { type, own }: Head): void {
  const { importing, at } = object.spot;
  const spot = { ...object.spot, draft };
  place(draft, ["type"], type);
  for (const key of ["apiVersion", "kind"])
    say(importing.ledger, [...at, key], "changed", TYPE_CHOSEN, { draft, path: ["type"] });
  say(importing.ledger, [...at, "status"], "changed", CLUSTERS_OWN);
  const meta = field(spot, "metadata");
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

function importWorkload(object: Found, world: World): void {
  const draft = world.drafts.get(object);
  const workload = WORKLOADS[object.kind];
  if (draft === undefined || workload === undefined) return;
  const services = servicesOf(object, world).filter((service) => !world.drafts.has(service));
  const selected = objectOf(dig(object.spot.value, "spec", "selector", "matchLabels") as JsonObject | undefined); // JSON
  const own = privateLabels(selected, world);
  head(object, draft, { type: services.length > 0 ? workload.type.served : workload.type.alone, own });
  const shared: WorkloadShared = {
    called: (kind, name) => calledIn(world, kind, name),
    takeClaim: (name) => takeClaim(world, name, draft),
    selected,
    private: own,
    ports: new Map(),
    templates: new Map(),
  };
  const spec = field(object.spot, "spec");
  place(draft, ["properties"], {});
  if (spec) applyRules(workload.spec, { ...spec, draft, shared });
  // One Service for each component; a headless one beside it is what a store makes anyway.
  const ordered = [...services.filter((one) => !isHeadless(one)).slice(0, 1), ...services.filter(isHeadless)];
  for (const service of ordered) {
    world.drafts.set(service, draft);
    importService(service, draft, shared.ports);
  }
}

const PARTS = new Set(["/Namespace", "/Service", "networking.k8s.io/Ingress", "policy/PodDisruptionBudget"]);

/** Labels that something kept as it is asks for (a NetworkPolicy) stay on the pods; the others only found the workload's own pods. */
function privateLabels(selected: JsonObject, world: World): ReadonlySet<string> {
  const kept = world.objects.filter(
    ({ kind }) => !Object.hasOwn(WORKLOADS, kind) && !Object.hasOwn(DATA_KINDS, kind) && !PARTS.has(kind),
  );
  const text = kept.map((one) => JSON.stringify(one.spot.value)).join("\n");
  const asked = ([key, value]: [string, Json | undefined]): boolean =>
    text.includes(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return new Set(Object.entries(selected).flatMap((entry) => (asked(entry) ? [] : [entry[0]])));
}

function calledIn(world: World, kind: "ConfigMap" | "Secret", name: string): string {
  const found = ofKind(world, `/${kind}`).find((one) => one.name === name);
  const draft = found && world.drafts.get(found);
  return draft ? nameOf(draft) : name;
}

function takeClaim(world: World, name: string, draft: Draft): Spot<unknown> | undefined {
  const claim = ofKind(world, "/PersistentVolumeClaim").find((one) => one.name === name && !world.claims.has(one));
  const spec = claim && field(claim.spot, "spec");
  if (claim === undefined || spec === undefined) return undefined;
  world.claims.add(claim);
  world.drafts.set(claim, draft);
  const became = words(
    "became persistent storage of the component that mounts it",
    "改为挂载它的组件的 persistent 存储",
  );
  const target = { draft, path: ["traits", "storage"] };
  const { ledger } = world.importing;
  for (const key of ["apiVersion", "kind"]) say(ledger, [...claim.spot.at, key], "changed", became, target);
  say(ledger, [...claim.spot.at, "status"], "changed", CLUSTERS_OWN);
  const meta = field(claim.spot, "metadata");
  if (meta) {
    say(ledger, [...meta.at, "name"], "changed", became, target);
    const namespace = field(meta, "namespace");
    if (namespace) namespaceRule(namespace);
  }
  return { ...spec, draft };
}

function importData(object: Found, world: World): void {
  const draft = world.drafts.get(object);
  const kind = DATA_KINDS[object.kind];
  if (draft === undefined || kind === undefined) return;
  head(object, draft, { type: kind.type, own: new Set() });
  place(draft, ["properties"], { data: {} });
  applyRules(kind.rules, { ...object.spot, draft });
}

function importRoute(object: Found, world: World): void {
  const draft = importIngress(object, (name) => {
    const service = ofKind(world, "/Service").find((one) => one.name === name);
    return service && world.drafts.get(service);
  });
  if (draft) world.drafts.set(object, draft);
}

function importAutoscaler(object: Found, world: World): void {
  const name = dig(object.spot.value, "spec", "scaleTargetRef", "name");
  const target = world.objects.find((one) => Object.hasOwn(WORKLOADS, one.kind) && one.name === name);
  const draft = target && world.drafts.get(target);
  if (draft === undefined) return;
  world.drafts.set(object, draft);
  importScaler(object, draft);
}

const HAVE_BUDGETS = new Set(["apps/Deployment", "apps/StatefulSet"]);

function importBudgetOf(object: Found, world: World): void {
  const selector = objectOf(dig(object.spot.value, "spec", "selector", "matchLabels") as JsonObject | undefined); // JSON
  const target = world.objects.find((one) => HAVE_BUDGETS.has(one.kind) && covers(selector, podLabels(one)));
  const draft = target && world.drafts.get(target);
  if (draft === undefined) return;
  world.drafts.set(object, draft);
  importBudget(object, draft);
}

function covers(selector: JsonObject, labels: JsonObject): boolean {
  const entries = Object.entries(selector);
  return entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
}

/** Raw manifests keep everything; whether this catalog has a type for them is for the check to say. */
function keepAsObjects(world: World): void {
  const others = world.objects.filter((one) => !world.drafts.has(one) && one.kind !== "/Namespace");
  if (others.length === 0) return;
  const { importing } = world;
  const taken = new Set(importing.drafts.map(nameOf));
  const draft = newDraft({ name: freeName("objects", taken, "objects"), type: "objects", properties: {} });
  importing.drafts.push(draft);
  for (const { spot, kind } of others) {
    put(importing.ledger, { draft, path: nextOf(draft, ["properties", "objects"]) }, spot.value, spot.at);
    if (CLUSTER_WIDE.has(kind.replace(/^\//, ""))) place(draft, ["properties", "clusterScoped"], true);
  }
}
