// Checks what a verdict on room says against the cluster itself: every count, every name, every "no node has". It reads
// the raw objects and shares no code with src/capacity.
import { labelsAt, listAt, scalarAt, textAt } from "../../../src/model/data/fieldReaders.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { Params } from "../../../src/model/data/text.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { parseQuantity } from "../../../src/model/kubernetes/quantity.ts";
import type { Reason, ReasonCode } from "../../../src/model/reasons/reason.ts";

export interface World {
  readonly nodes: readonly JsonObject[];
  /** Pods that run on the nodes. */
  readonly running: readonly JsonObject[];
  readonly asked: Manifest;
  readonly count: number;
}

const PASSING = "node.kubernetes.io/not-ready";

const nameOf = (node: JsonObject): string => textAt(node, "metadata", "name");
const amount = (text: string): number => parseQuantity(text === "" ? "0" : text) ?? Number.NaN;
const has = (node: JsonObject, resource: string): number =>
  Math.max(
    ...["allocatable", "capacity"]
      .filter((field) => field === "allocatable" || resource.includes("/"))
      .map((field) => amount(scalarAt(node, "status", field, resource))),
  );

const requestsOf = (pod: JsonObject): ReadonlyMap<string, number> =>
  new Map(
    listAt(pod, "spec", "containers").flatMap((one) =>
      Object.entries({ ...labelsAt(one, "resources", "limits"), ...labelsAt(one, "resources", "requests") })
        .map(([name, text]) => [name, amount(text)] as const)
        .filter(([, asked]) => asked > 0),
    ),
  );

function free({ running }: World, node: JsonObject, resource: string): number {
  const own = running.filter((pod) => textAt(pod, "spec", "nodeName") === nameOf(node));
  const used = own.reduce((sum, pod) => sum + (requestsOf(pod).get(resource) ?? 0), 0);
  return Math.max(0, amount(scalarAt(node, "status", "allocatable", resource)) - used);
}

const selector = ({ asked }: World): readonly (readonly [string, string])[] =>
  Object.entries(labelsAt(asked, "spec", "nodeSelector"));
const matches = (world: World, node: JsonObject): boolean =>
  selector(world).every(([key, value]) => labelsAt(node, "metadata", "labels")[key] === value);

/** The taints that keep the pod off, as `key` or `key=value`. */
function taints({ asked }: World, node: JsonObject): readonly string[] {
  const tolerated = listAt(asked, "spec", "tolerations").map((one) => textAt(one, "key"));
  return listAt(node, "spec", "taints")
    .filter((one) => !tolerated.includes(textAt(one, "key")))
    .map((one) => [textAt(one, "key"), textAt(one, "value")].filter((word) => word !== "").join("="));
}
const keptOff = (world: World, node: JsonObject): readonly string[] =>
  taints(world, node).filter((one) => one !== PASSING);
const usable = (world: World): readonly JsonObject[] =>
  world.nodes.filter((node) => matches(world, node) && keptOff(world, node).length === 0);

/** The nodes that a clause of a sentence names. */
const NAMED: Readonly<Record<string, (world: World, node: JsonObject) => boolean>> = {
  NodesMatching: matches,
  NodesTolerated: (world, node) => keptOff(world, node).length === 0,
  NodesMatchingTolerated: (world, node) => matches(world, node) && keptOff(world, node).length === 0,
  NodesUsable: (world, node) => matches(world, node) && keptOff(world, node).length === 0,
};

function needIn({ need }: Params): { readonly resource: string; readonly asked: number } {
  const [text = "", resource = ""] = String(need).split(" ");
  return { resource, asked: amount(text) };
}

const perNode = (world: World, node: JsonObject): number =>
  Math.min(...[...requestsOf(world.asked)].map(([name, asked]) => Math.floor(has(node, name) / asked)));

/** `fact`: the params of the claim. `lead`: those of the sentence that it follows. */
type Claim = (world: World, fact: Params, lead: Params) => boolean;

const largestIs = (nodes: readonly JsonObject[], fact: Params): boolean => {
  const { resource, asked } = needIn(fact);
  const most = Math.max(...nodes.map((node) => has(node, resource)));
  const named = nodes.find((node) => nameOf(node) === fact["node"]);
  return (
    named !== undefined &&
    has(named, resource) === amount(String(fact["have"])) &&
    most === has(named, resource) &&
    most < asked
  );
};

const haveIt =
  (isMeant: (world: World, node: JsonObject, fact: Params) => boolean): Claim =>
  (world, fact, lead) => {
    const { resource, asked } = needIn(lead);
    const found = world.nodes.filter((node) => has(node, resource) >= asked && isMeant(world, node, fact));
    return found.length === fact["count"] && found.length > 0;
  };

const counted =
  (isMeant: (world: World, node: JsonObject, fact: Params) => boolean): Claim =>
  (world, fact) =>
    world.nodes.filter((node) => isMeant(world, node, fact)).length === fact["count"];

const unmatched = (world: World, node: JsonObject, { selector: said }: Params): boolean =>
  !matches(world, node) &&
  said ===
    selector(world)
      .map(([key, value]) => `${key}=${value}`)
      .join(", ");
const tainted = (world: World, node: JsonObject, { taint }: Params): boolean =>
  matches(world, node) && keptOff(world, node)[0] === taint;

const CLAIMS: Readonly<Partial<Record<ReasonCode, Claim>>> = {
  NoSuchResource: ({ nodes, asked }, fact) => {
    const { resource, asked: need } = needIn(fact);
    return nodes.every((node) => has(node, resource) === 0) && requestsOf(asked).get(resource) === need;
  },
  NoneHasResource: (world, fact) => {
    const named = world.nodes.filter((node) => NAMED[String(fact["detail"])]?.(world, node));
    return named.length > 0 && named.every((node) => has(node, String(fact["resource"])) === 0);
  },
  NeverFits: ({ nodes }, fact) => largestIs(nodes, fact),
  NoneLarge: (world, fact) =>
    largestIs(
      world.nodes.filter((node) => NAMED[String(fact["detail"])]?.(world, node)),
      fact,
    ),
  NoNodeAllowed: (world, { total }) => total === world.nodes.length && usable(world).length === 0,
  NoNodeTakes: (world, { total }) =>
    total === world.nodes.length &&
    world.nodes.every((node) => !usable(world).includes(node) || perNode(world, node) === 0),
  HasItUnmatched: haveIt(unmatched),
  HaveItUnmatched: haveIt(unmatched),
  HasItTainted: haveIt(tainted),
  HaveItTainted: haveIt(tainted),
  TallyUnmatched: counted(unmatched),
  TallyTainted: counted(tainted),
  TallyTooSmall: (world, fact) => {
    const { resource, asked } = needIn(fact);
    const small = usable(world).filter((node) => has(node, resource) < asked);
    const named = small.find((node) => nameOf(node) === fact["node"]);
    return (
      named !== undefined &&
      has(named, resource) === amount(String(fact["have"])) &&
      small.length >= Number(fact["count"])
    );
  },
  NoSuchModel: (world, { wanted, there }) => {
    const [key = ""] = selector(world).find(([one]) => one.endsWith("product")) ?? [];
    const models = world.nodes.map((node) => labelsAt(node, "metadata", "labels")[key] ?? "");
    const said = String(there).split(", ");
    return (
      !models.includes(String(wanted)) &&
      said.every((one) => {
        const [, model = "", count = ""] = /^(.*) \((\d+)\)$/.exec(one) ?? [];
        return models.filter((found) => found === model).length === Number(count) && Number(count) > 0;
      })
    );
  },
  NearestLabel: ({ nodes }, { key, value }) =>
    nodes.some((node) => labelsAt(node, "metadata", "labels")[String(key)] === value),
  NearestKey: ({ nodes }, { key }) => nodes.some((node) => String(key) in labelsAt(node, "metadata", "labels")),
  NoSuchLabel: ({ nodes }, { key }) => nodes.every((node) => !(String(key) in labelsAt(node, "metadata", "labels"))),
  KnownValues: ({ nodes }, { key, values }) =>
    String(values)
      .split(", ")
      .every((value) => nodes.some((node) => labelsAt(node, "metadata", "labels")[String(key)] === value)),
  NeverTogether: (world, { count, fit }) =>
    count === world.count &&
    fit === usable(world).reduce((sum, node) => sum + perNode(world, node), 0) &&
    fit < world.count,
  CapacityTogether: (world, { count, fit }) => count === world.count && Number(fit) < world.count && Number(fit) > 0,
  CapacityShort: (world, fact) => {
    const { resource, asked } = needIn(fact);
    const node = usable(world).find((one) => nameOf(one) === fact["node"]);
    return (
      node !== undefined &&
      free(world, node, resource) === amount(String(fact["have"])) &&
      free(world, node, resource) < asked &&
      perNode(world, node) > 0
    );
  },
  NodeNotReady: (world, { node: name }) =>
    world.nodes.some((node) => nameOf(node) === name && taints(world, node).includes(PASSING)),
  HasTaint: (world, { taint }, { node: name }) =>
    world.nodes.some((node) => nameOf(node) === name && taints(world, node).includes(String(taint))),
  UnhealthyDevices: ({ nodes }, { count, resource, node: name }) => {
    const node = nodes.find((one) => nameOf(one) === name);
    return (
      has(node ?? {}, String(resource)) - amount(scalarAt(node, "status", "allocatable", String(resource))) === count
    );
  },
};

/** Claims that are not true of the cluster, and codes that nothing checks. */
export function untrue(world: World, said: Reason): readonly string[] {
  const check = (fact: Reason, lead: Reason): readonly string[] => {
    const claim = CLAIMS[fact.code];
    if (claim === undefined) return [`${fact.code} is not checked`];
    return claim(world, fact.params, lead.params) ? [] : [`${fact.code} ${JSON.stringify(fact.params)}`];
  };
  const facts = [...(said.cause === undefined ? [] : [said.cause]), ...(said.also ?? [])];
  return [
    ...check(said, said),
    ...facts.flatMap((one) => check(one, said)),
    ...facts.flatMap(({ also = [] }) => also.flatMap((one) => check(one, said))),
    ...incomplete(world, said),
  ];
}

/** Tallies that do not count every node, and nodes that have what is asked for and that no fact counts. */
function incomplete(world: World, { code, params, also = [] }: Reason): readonly string[] {
  const count = also.reduce((sum, one) => sum + (Number(one.params["count"]) || 0), 0);
  if ((code === "NoNodeAllowed" || code === "NoNodeTakes") && count !== world.nodes.length)
    return [`${code} counts ${count}`];
  if (code !== "NoneHasResource" && code !== "NoneLarge") return [];
  const { resource, asked } = needIn(params);
  return count === world.nodes.filter((node) => has(node, resource) >= asked).length
    ? []
    : [`${code} counts ${count} nodes that have it`];
}
