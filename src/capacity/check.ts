// Checks whether the pods of a request find room: first the rules of their namespaces (LimitRange, ResourceQuota), then
// the nodes. It reads the view and may make a reservation; it changes nothing else. The answer is `rejected` only where
// that can be proved. What another program decides (a queue, another scheduler, an autoscaler) is `unknown`.

import { type Params } from "../model/data/text.ts";
import {
  type CapacityHolders,
  type CapacityRequest,
  type CapacityVerdict,
  NO_HOLDERS,
} from "../model/kubernetes/capacity.ts";
import { queueOf } from "../model/kubernetes/podGroups.ts";
import { heldBy } from "../model/reasons/heldBy.ts";
import { type Reason, reason, withAlso } from "../model/reasons/reason.ts";
import { readPools } from "./devices/devicePools.ts";
import { deviceWishOf } from "./devices/deviceWish.ts";
import { lackOf, neverFits } from "./explain/refusals.ts";
import { deviceHolders, explainShortage, holdersInNamespace, holdersOf } from "./explain/shortages.ts";
import { type Autoscalers, type Growth, growthFor, NO_AUTOSCALERS } from "./fit/autoscaler.ts";
import { createDeviceFit, type DeviceFit } from "./fit/deviceFit.ts";
import { exceedsAll, packTogether } from "./fit/gang.ts";
import type { FitContext } from "./fit/nodeFit.ts";
import { withoutLower } from "./fit/preemption.ts";
import { sharedDeviceWords } from "./fit/sharedDevices.ts";
import { isTooLarge, type Survey, sum, survey } from "./fit/survey.ts";
import { namedAmount } from "./kubernetes/amounts.ts";
import { brokenLimit } from "./namespace/limitRange.ts";
import { overQuota } from "./namespace/quota.ts";
import { createNeighbours } from "./neighbours/neighbours.ts";
import type { ClusterView } from "./view/clusterView.ts";
import { type PodFacts, type PodShape, shapeOf } from "./view/podFacts.ts";
import { partialPlaces } from "./waiting/keptRoom.ts";
import type { Reservations } from "./waiting/reservations.ts";

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
}

export function checkCapacity(request: CapacityRequest, state: CapacityState): CapacityVerdict {
  const { view } = state;
  const shapes = shapesOf(request, state);
  const denied = namespaceDenies(request, shapes, view);
  if (denied !== null) return denied;
  if (view.nodeCount() === 0) return withoutNodes(request, shapes, state);
  const studies = shapes.map(({ shape, count, pod }) => studyOf(shape, { request, state, count, pod }));
  const verdicts = studies.map((study) => judge(study, request, state));
  const worst = ["rejected", "unknown", "waits"].map((one) => verdicts.find((verdict) => verdict.class === one));
  const verdict = worst.find((one) => one !== undefined) ?? allTogether(studies, verdicts, { request, state });
  if (verdict.class === "waits" && request.groups.some(({ pod }) => queueOf(pod) !== undefined))
    return {
      ...verdict,
      class: "unknown",
      reason: reason("SchedulerDecides", { detail: "QueueDecides" }),
    };
  if (verdict.class === "fits" && request.reserve === true) reserve(request, studies, state);
  return verdict;
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

function shapesOf({ groups }: CapacityRequest, { view, facts }: CapacityState) {
  return groups.map(({ pod, count }, index) => ({
    shape: shapeOf(pod, facts?.[index] ?? {}, view.namespaces.limitRanges(pod.metadata.namespace ?? "")),
    count,
    pod,
  }));
}

/** For a request that is overdue: reserves the room that exists for it so far, for a minute or until it asks again. */
export function reserveFreeRoom(request: CapacityRequest, state: CapacityState): void {
  for (const { shape, count, pod } of shapesOf(request, state)) {
    const { found, around } = studyOf(shape, { request, state, count, pod });
    const name = pod.metadata.name;
    state.reservations.reserve(ownerOf({ namespace: shape.namespace, name }), partialPlaces(found, around), state.now);
  }
}

interface Study {
  readonly around: FitContext;
  readonly found: Survey;
  /** The places become free only when pods of lower priority are evicted. */
  readonly evicts: boolean;
}

function studyOf(shape: PodShape, asked: GroupQuestion): Study {
  const { count, state } = asked;
  const around = context(shape, asked);
  const found = survey(shape, count, around);
  const study: Study = { around, found, evicts: false };
  const higher = found.now >= count || found.ever < count ? undefined : withoutLower(state.view, shape);
  if (higher === undefined) return study;
  // Pods are evicted only from the node that the pod goes to. Rules between pods on other nodes still apply, so the
  // neighbours are read from the complete view.
  const above: FitContext = { ...context(shape, asked), view: higher };
  const after = survey(shape, count, above);
  return after.now >= count ? { around: above, found: after, evicts: true } : study;
}

interface Group {
  readonly shape: PodShape;
  readonly count: number;
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
    const over = overQuota({ groups: own.map(({ shape, count }) => ({ spec: shape.spec, count })), quotas });
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

interface GroupQuestion {
  readonly request: CapacityRequest;
  readonly state: CapacityState;
  readonly count: number;
  readonly pod: CapacityRequest["groups"][number]["pod"];
}

function context(shape: PodShape, { request, state, count, pod }: GroupQuestion): FitContext {
  const { view, reservations, now } = state;
  return {
    view,
    neighbours: createNeighbours(view, shape),
    devices: deviceFitFor(shape, pod, view),
    reserved: reservations.reservedFor(ownerOf(shape), now),
    most: count,
    alone: request.groups.length === 1,
  };
}

export function ownerOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function deviceFitFor(shape: PodShape, pod: GroupQuestion["pod"], view: ClusterView): DeviceFit | undefined {
  const wish = deviceWishOf(pod, shape.requests, view.devices);
  const asks = wish.requests.length + wish.extended.size + wish.bound.length + wish.undecided.length > 0;
  return asks ? createDeviceFit(wish, readPools(view.devices)) : undefined;
}

const KNOWN_SCHEDULERS: ReadonlySet<string> = new Set(["default-scheduler", "hami-scheduler", "volcano"]);

/** Why only the scheduler can decide; `undefined` when the check can decide by itself. */
function undecided({ around, found }: Study): Params | undefined {
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
  return deviceHolders(view, found, devices, project);
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
  const doubt = open ?? doubtOf(found);
  if (doubt !== undefined) return verdict("unknown", reason("SchedulerDecides", doubt));
  if (growth?.class === "now") return verdict("unknown", withAlso(growth.reason, why));
  // A failed attempt to add a node passes, so it refuses nothing for good.
  if (growth?.class === "later") return verdict("waits", withAlso(reason("WaitsForGrowth"), growth.reason, why));
  return verdict("rejected", withAlso(why, growth?.reason));
}

/** A reason why "impossible" is not certain; `undefined` when it is certain. */
function doubtOf({ shape: { scheduler } }: Survey): Params | undefined {
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
  if (excess !== undefined && growth === undefined && surveys.every((one) => doubtOf(one) === undefined)) {
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
  const fit = packTogether(surveys, study.around);
  if (fit === count) return first;
  const hint = reason("PodsWouldFit", { fit, count });
  const short = reason("CapacityTogether", { count, fit });
  if (growth?.class === "now") return { ...first, class: "unknown", reason: withAlso(growth.reason, short), hint };
  return { ...first, class: "waits", reason: withAlso(short, growth?.reason), hint };
}

function reserve(request: CapacityRequest, studies: readonly Study[], { reservations, now }: CapacityState): void {
  studies.forEach(({ found }, index) => {
    const { shape, places } = found;
    const one = (node: string) => ({ node, requests: shape.requests });
    const all = places.flatMap(({ node, pods }) => Array.from({ length: pods }, () => one(node)));
    const name = request.groups[index]?.pod.metadata.name ?? shape.name;
    reservations.reserve(ownerOf({ namespace: shape.namespace, name }), all, now);
  });
}
