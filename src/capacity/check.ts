// Checks whether the pods of a request find room: first the rules of their namespaces (LimitRange, ResourceQuota), then
// the nodes. It reads the view and may make a reservation; it changes nothing else. The answer is `rejected` only where
// that can be proved. What another program decides (a queue, another scheduler, an autoscaler) is `unknown`.

import { type Params } from "../model/data/text.ts";
import {
  type CapacityHolders,
  type CapacityRequest,
  type CapacityVerdict,
  NO_HOLDERS,
  type PodGroup,
} from "../model/kubernetes/capacity.ts";
import { queueOf } from "../model/kubernetes/podGroups.ts";
import { heldBy } from "../model/reasons/heldBy.ts";
import { type Reason, reason, withAlso } from "../model/reasons/reason.ts";
import { readPools } from "./devices/devicePools.ts";
import { deviceWishOf } from "./devices/deviceWish.ts";
import { lackOf, neverFits } from "./explain/refusals.ts";
import { explainShortage, holdersInNamespace, holdersOf, holdersOfDevices } from "./explain/shortages.ts";
import { type Autoscalers, type Growth, growthFor, NO_AUTOSCALERS } from "./fit/autoscaler.ts";
import { createDeviceFit, type DeviceFit } from "./fit/deviceFit.ts";
import { exceedsAll, packTogether } from "./fit/gang.ts";
import { decidedByMiddleware } from "./fit/middleware.ts";
import { type FitContext, sharesOn } from "./fit/nodeFit.ts";
import { withoutLower } from "./fit/preemption.ts";
import { sharedDeviceWords } from "./fit/sharedDevices.ts";
import { isTooLarge, type Survey, sum, survey } from "./fit/survey.ts";
import { namedAmount } from "./kubernetes/amounts.ts";
import { listAt } from "./kubernetes/optionalFields.ts";
import { hamiUse, hasHamiQuota } from "./namespace/hamiQuota.ts";
import { brokenLimit } from "./namespace/limitRange.ts";
import { overQuota } from "./namespace/quota.ts";
import { createNeighbours } from "./neighbours/neighbours.ts";
import type { ClusterView } from "./view/clusterView.ts";
import { type PodFacts, type PodShape, shapeOf } from "./view/podFacts.ts";
import type { NodeRecord } from "./view/records.ts";
import { expectedKind } from "./waiting/expectedPod.ts";
import { partialPlaces } from "./waiting/keptRoom.ts";
import type { Reservations } from "./waiting/reservations.ts";
import type { ReservedPod } from "./waiting/reservedView.ts";

export interface CapacityState {
  readonly view: ClusterView;
  readonly reservations: Reservations;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /**
   * Facts about the pod of each group, in the order of the groups. A fact that is absent counts as not present in the
   * cluster.
   */
  readonly facts?: readonly PodFacts[];
  /** What the autoscalers of the cluster say about the nodes that they may add. Default: none works on it. */
  readonly autoscalers?: Autoscalers;
  /** The nodes that are looked at. Default: all nodes of the view. */
  readonly nodes?: readonly NodeRecord[];
}

export function checkCapacity(request: CapacityRequest, given: CapacityState): CapacityVerdict {
  return studyCapacity(request, given).verdict;
}

interface StudiedCapacity {
  readonly verdict: CapacityVerdict;
  /** One for each group. Empty when the answer did not depend on the nodes. */
  readonly studies: readonly Study[];
}

/** Like `checkCapacity`, with what was found out about the nodes. */
export function studyCapacity(request: CapacityRequest, given: CapacityState): StudiedCapacity {
  const state = withoutOwn(request, given);
  const { view } = state;
  const shapes = shapesOf(request, state);
  const denied = namespaceDenies(request, shapes, view);
  const queued = request.groups.some(isQueued);
  if (denied !== null) {
    const verdict = queued && denied.class === "waits" ? queueDecides(denied) : denied;
    return { verdict, studies: [] };
  }
  if (view.nodeCount() === 0) {
    const none = withoutNodes(request, shapes, state);
    return { verdict: queued ? queueDecides(none) : none, studies: [] };
  }
  const studies = shapes.map(({ shape, ...group }) => studyOf(shape, { ...group, request, state }));
  const verdicts = studies.map((study) => judge(study, request, state));
  const worst = ["rejected", "unknown", "waits"].map((one) => verdicts.find((verdict) => verdict.class === one));
  const verdict = worst.find((one) => one !== undefined) ?? allTogether(studies, verdicts, { request, state });
  if (queued && verdict.class !== "fits") return { verdict: queueDecides(verdict), studies: [] };
  if (verdict.class === "fits" && request.reserve === true) reserve(request, studies, state);
  return { verdict, studies };
}

/** The state in which the room that is reserved for other requests counts as used. */
function withoutOwn(request: CapacityRequest, state: CapacityState): CapacityState {
  const view = state.reservations.seenBy(new Set(ownersOf(request)), state.now);
  const { nodes } = state;
  return { ...state, view: nodes === undefined ? view : { ...view, nodes: () => nodes } };
}

/** Why the rules of the namespace deny the request, also for a moment; `null` when they allow it. */
export function deniedByNamespace(request: CapacityRequest, given: CapacityState): CapacityVerdict | null {
  const state = withoutOwn(request, given);
  return namespaceDenies(request, shapesOf(request, state), state.view);
}

/** The owners under which the reservations of a request are stored. */
export function ownersOf({ groups }: CapacityRequest): readonly string[] {
  return groups.map(({ pod }) => ownerOf({ namespace: pod.metadata.namespace ?? "", name: pod.metadata.name }));
}

/** A cluster without nodes is out of order, unless an autoscaler may add the first one. */
function withoutNodes(request: CapacityRequest, groups: readonly Group[], state: CapacityState): CapacityVerdict {
  for (const { shape } of groups) {
    const growth = growthOf(shape, request, state);
    if (growth?.class === "now") return plain("unknown", growth.reason, 0);
  }
  return plain("waits", reason("NoNodes"), 0);
}

function growthOf(shape: PodShape, request: CapacityRequest, state: CapacityState): Growth | undefined {
  if (request.existingNodes === true) return undefined;
  return growthFor(shape, state.autoscalers ?? NO_AUTOSCALERS, state.view);
}

/**
 * A queue decides when the pods are created, and it may change them: it brings tolerations, starts fewer pods, adds
 * nodes, or sends them to another cluster. Nothing that is computed about nodes refuses such pods or holds them back.
 */
function isQueued({ pod, held }: PodGroup): boolean {
  return held === true || queueOf(pod) !== undefined || listAt(pod, "spec", "schedulingGates").length > 0;
}

function queueDecides(verdict: CapacityVerdict): CapacityVerdict {
  return { ...verdict, class: "unknown", reason: reason("SchedulerDecides", { detail: "QueueDecides" }) };
}

function shapesOf({ groups }: CapacityRequest, { view, facts }: CapacityState) {
  return groups.map((group, index) => {
    const { pod } = group;
    const shape = shapeOf(pod, facts?.[index] ?? {}, view.namespaces.limitRanges(pod.metadata.namespace ?? ""));
    return { ...group, shape, least: group.least ?? group.count };
  });
}

/** For a request that is overdue: reserves the room that exists for it so far, for a minute or until it asks again. */
export function reserveFreeRoom(request: CapacityRequest, given: CapacityState): void {
  const state = withoutOwn(request, given);
  for (const { shape, ...group } of shapesOf(request, state)) {
    const { found, around } = studyOf(shape, { ...group, request, state });
    const owner = ownerOf({ namespace: shape.namespace, name: group.pod.metadata.name });
    state.reservations.reserve({ owner, ...ticketIn(request), pods: partialPlaces(found, around) }, state.now);
  }
}

function ticketIn({ ticket }: CapacityRequest): { readonly ticket?: string } {
  return ticket === undefined ? {} : { ticket: ticket.id };
}

export interface Study {
  readonly around: FitContext;
  readonly found: Survey;
  /** Why a middleware decides, and not the amounts of the nodes. */
  readonly outside: Params | undefined;
  /** The places become free only when pods of lower priority are evicted. */
  readonly evicts: boolean;
  /** Pods of lower priority run, and the pod may evict them. */
  readonly mayEvict: boolean;
}

function studyOf(shape: PodShape, asked: GroupQuestion): Study {
  const { count, state } = asked;
  const around = context(shape, asked);
  const found = survey(shape, count, around);
  const outside = decidedByMiddleware(shape, asked.admitted === true, state.view);
  const higher = found.now >= count || found.ever < count ? undefined : withoutLower(state.view, shape);
  const study: Study = { around, found, outside, evicts: false, mayEvict: higher !== undefined };
  if (higher === undefined) return study;
  // Pods are evicted only from the node that the pod goes to. Rules between pods on other nodes still apply, so the
  // neighbours are read from the complete view.
  const above: FitContext = { ...context(shape, asked), view: higher };
  const after = survey(shape, count, above);
  return after.now >= count ? { around: above, found: after, outside, evicts: true, mayEvict: true } : study;
}

interface Group {
  readonly shape: PodShape;
  readonly least: number;
}

function namespaceDenies(
  request: CapacityRequest,
  groups: readonly Group[],
  view: ClusterView,
): CapacityVerdict | null {
  for (const { shape } of groups) {
    const broken = brokenLimit(shape.spec, view.namespaces.limitRanges(shape.namespace));
    if (broken !== null) return plain("rejected", broken, view.nodeCount());
  }
  for (const namespace of new Set(groups.map(({ shape }) => shape.namespace))) {
    const own = groups.filter(({ shape }) => shape.namespace === namespace);
    const quotas = view.namespaces.quotas(namespace);
    const over = overQuota({
      groups: own.map(({ shape, least }) => ({ spec: shape.spec, count: least })),
      quotas,
      uncounted: hasHamiQuota(quotas) ? hamiUse(view.sharesIn(namespace)) : new Map(),
      charged: view.charged(namespace),
    });
    if (over === null) continue;
    const plainly = plain(over.class, over.reason, view.nodeCount());
    if (over.class === "rejected") return plainly;
    const holders = holdersInNamespace(view, namespace, request.project);
    return { ...plainly, reason: withAlso(over.reason, heldBy(holders)), holders };
  }
  return null;
}

function plain(verdict: CapacityVerdict["class"], why: Reason, total: number): CapacityVerdict {
  return { class: verdict, reason: why, missing: [], holders: NO_HOLDERS, nodes: { total, suitable: 0 } };
}

interface GroupQuestion extends PodGroup {
  readonly request: CapacityRequest;
  readonly state: CapacityState;
}

function context(shape: PodShape, { request, state, count, pod }: GroupQuestion): FitContext {
  const { view } = state;
  return {
    view,
    neighbours: createNeighbours(view, shape),
    devices: deviceFitFor(shape, pod, view),
    most: count,
    alone: request.groups.length === 1,
  };
}

function ownerOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function deviceFitFor(shape: PodShape, pod: GroupQuestion["pod"], view: ClusterView): DeviceFit | undefined {
  const wish = deviceWishOf(pod, shape.requests, view.devices);
  const asks = wish.requests.length + wish.extended.size + wish.bound.length + wish.undecided.length > 0;
  return asks ? createDeviceFit(wish, readPools(view.devices), view.isTaken) : undefined;
}

const KNOWN_SCHEDULERS: ReadonlySet<string> = new Set(["default-scheduler", "hami-scheduler", "volcano"]);

/** Why only the scheduler can decide; `undefined` when the check can decide by itself. */
function undecided({ around, found, outside }: Study): Params | undefined {
  if (outside !== undefined) return outside;
  if (around.devices?.undecided !== undefined) return around.devices.undecided;
  if (found.undecided) return { detail: "DeviceRulesUnknown" };
  if (around.devices?.hasShared === true && found.count > 1) return { detail: "DevicesShared" };
  if (around.neighbours.undecided) return { detail: "NamespacesByLabels" };
  return isTooLarge(found.count, around) ? { detail: "TooManyRules" } : undefined;
}

function judge(study: Study, request: CapacityRequest, state: CapacityState): CapacityVerdict {
  const { found } = study;
  const nodes = { total: found.total, suitable: found.suitable.length };
  const open = undecided(study);
  const growth = found.now >= found.count ? undefined : growthOf(found.shape, request, state);
  if (found.ever < found.count) return neverVerdict(study, { open, growth, nodes });
  if (open !== undefined) return { ...plain("unknown", reason("SchedulerDecides", open), found.total), nodes };
  const shared = sharedDeviceWords(found.shape);
  const hint = shared === undefined ? {} : { hint: shared };
  const fits = reason(study.evicts ? "FitsByPreemption" : "FitsNow");
  if (found.now >= found.count) return { ...plain("fits", fits, found.total), nodes, ...hint };
  const rules = schedulerRules(found);
  if (rules !== undefined) return { ...plain("unknown", reason("SchedulerDecides", rules), found.total), nodes };
  const { resources, ...short } = explainShortage(found);
  const holders = holdersFor(study, { resources, project: request.project, view: state.view });
  // An autoscaler only adds a node for a pod that exists.
  if (growth?.class === "now")
    return { ...short, class: "unknown", reason: withAlso(growth.reason, short.reason), holders, nodes };
  return { ...short, class: "waits", reason: withAlso(short.reason, growth?.reason), holders, nodes };
}

interface HolderQuestion {
  /** The resources that are short. */
  readonly resources: readonly string[];
  readonly project: string;
  readonly view: ClusterView;
}

function holdersFor({ found, around: { devices } }: Study, asked: HolderQuestion): CapacityHolders {
  const { resources, project, view } = asked;
  if (resources.length > 0 || devices === undefined) return holdersOf(view, found, resources, project);
  return holdersOfDevices(view, found, devices, project);
}

interface Beyond {
  /** Why only the scheduler can decide; `undefined` when the check can decide by itself. */
  readonly open: Params | undefined;
  readonly growth: Growth | undefined;
  readonly nodes: CapacityVerdict["nodes"];
}

/** The verdict on pods for which the nodes that exist will never be enough. */
function neverVerdict({ found, around }: Study, { open, growth, nodes }: Beyond): CapacityVerdict {
  const { nearest, reason: why } = neverFits(found, around);
  const best = nearest === undefined ? {} : { best: { name: nearest.node, lacks: [lackOf(nearest.obstacle)] } };
  const verdict = (one: CapacityVerdict["class"], said: Reason): CapacityVerdict => ({
    ...plain(one, said, found.total),
    ...best,
    nodes,
  });
  const doubt = open ?? schedulerRules(found);
  if (doubt !== undefined) return verdict("unknown", reason("SchedulerDecides", doubt));
  if (growth?.class === "now") return verdict("unknown", withAlso(growth.reason, why));
  // A failed attempt to add a node passes, so it refuses nothing for good.
  if (growth?.class === "later") return verdict("waits", withAlso(reason("WaitsForGrowth"), growth.reason, why));
  return verdict("rejected", withAlso(why, growth?.reason));
}

/** A reason why "impossible" is not certain; `undefined` when it is certain. */
function schedulerRules({ shape: { scheduler } }: Survey): Params | undefined {
  return KNOWN_SCHEDULERS.has(scheduler) ? undefined : { detail: "SchedulerHasRules", scheduler };
}

/** Each group fits by itself; this function checks whether all groups fit together. */
function allTogether(
  studies: readonly Study[],
  verdicts: readonly CapacityVerdict[],
  { request, state }: Pick<GroupQuestion, "request" | "state">,
): CapacityVerdict {
  const [first] = verdicts;
  const [study] = studies;
  if (first === undefined || study === undefined) return plain("fits", reason("FitsNow"), 0);
  if (studies.length === 1) return first;
  const surveys = studies.map((one) => one.found);
  const excess = exceedsAll(surveys);
  const growths = surveys.map(({ shape }) => growthOf(shape, request, state));
  const growth = growths.find((one) => one?.class === "now") ?? growths.find((one) => one?.class === "later");
  if (excess !== undefined && growth === undefined && surveys.every((one) => schedulerRules(one) === undefined)) {
    const { resource, asked, have } = excess;
    const params = { need: namedAmount(resource, asked), have: namedAmount(resource, have) };
    return { ...first, class: "rejected", reason: reason("NeverEnough", params) };
  }
  const entangled = studies.filter(
    ({ around, found }) => around.devices !== undefined || found.shape.hami !== undefined,
  );
  const ruled = studies.some(({ around }) => around.neighbours.constrained);
  if (entangled.length > 1 || ruled)
    return {
      ...first,
      class: "unknown",
      reason: reason("SchedulerDecides", { detail: "GroupsWithRules" }),
    };
  const count = sum(surveys, (one) => one.count);
  const { fit } = packTogether(surveys, study.around);
  if (fit === count) return first;
  const hint = reason("PodsWouldFit", { fit, count });
  const short = reason("CapacityTogether", { count, fit });
  if (growth?.class === "now") return { ...first, class: "unknown", reason: withAlso(growth.reason, short), hint };
  return { ...first, class: "waits", reason: withAlso(short, growth?.reason), hint };
}

function reserve(request: CapacityRequest, studies: readonly Study[], { reservations, now }: CapacityState): void {
  const [first] = studies;
  if (first === undefined) return;
  const surveys = studies.map((one) => one.found);
  const places = surveys.length === 1 ? [first.found.places] : packTogether(surveys, first.around).places;
  studies.forEach((study, index) => {
    const { shape } = study.found;
    const name = request.groups[index]?.pod.metadata.name ?? shape.name;
    const pods = (places[index] ?? []).flatMap((place) => expectedOn(place, study));
    reservations.reserve({ owner: ownerOf({ namespace: shape.namespace, name }), ...ticketIn(request), pods }, now);
  });
}

function expectedOn({ node, pods }: Survey["places"][number], { found, around }: Study): readonly ReservedPod[] {
  const { shape } = found;
  const record = around.view.node(node);
  const kind = expectedKind(shape);
  const shares = record === undefined ? [] : sharesOn(record, shape, { view: around.view, pods });
  const devices = record === undefined ? [] : (around.devices?.choose(record, pods) ?? []);
  return Array.from({ length: pods }, (_, index) => ({
    node,
    kind,
    hami: shares[index] ?? [],
    devices: devices[index] ?? [],
    spec: shape.spec,
  }));
}
