// Volcano: what the phase and the conditions of a PodGroup mean, what its events say, and what its Queue allows. Volcano
// never resets `Unschedulable` when the group is scheduled later, so the newest condition counts. Volcano does not
// report "never"; only the Queue itself can say it: it is missing, closed, or smaller than the group.
// https://volcano.sh/en/docs/podgroup/
import { isObject, type JsonObject } from "../../model/data/json.ts";
import { formatDuration } from "../../model/document/duration.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { namedAmount, readAmounts } from "../kubernetes/amounts.ts";
import { listAt, textAt } from "../kubernetes/optionalFields.ts";
import { QUEUE_GRACE, type QueueAnswer } from "./answer.ts";

/** Milliseconds after which a PodGroup that nobody wrote about shows that Volcano's scheduler does not run. */
const SCHEDULER_LOOKS = 30_000;

export interface VolcanoObjects {
  /** `null` when the Queue does not exist, `undefined` when it is not known. */
  readonly queue: JsonObject | null | undefined;
  /** Messages of the events about the PodGroup, oldest first. */
  readonly events: readonly string[];
  /** Milliseconds since the PodGroup was created. */
  readonly age: number;
}

export const queueOfGroup = (group: JsonObject): string => textAt(group, "spec", "queue") || "default";

/** `undefined` when the group is let in: then its pods are judged. */
export function podGroupAnswer(group: JsonObject, objects: VolcanoObjects): QueueAnswer | undefined {
  const phase = textAt(group, "status", "phase");
  if (phase === "Completed" || phase === "Running") return undefined;
  const queue = queueOfGroup(group);
  const newest = newestCondition(group);
  const said = newest === undefined ? "" : `${textAt(newest, "reason")}: ${textAt(newest, "message")}`;
  const waits = (detail: string): QueueAnswer => ({ class: "waits", reason: reason("QueueWaits", { queue, detail }) });
  const isUnplaced = newest !== undefined && textAt(newest, "type") === "Unschedulable";
  // A part of the group runs, and the rest cannot be placed.
  if (phase === "Unknown") return waits(said === "" ? "QueuePartly" : said);
  if (phase === "Inqueue" && !isUnplaced) return undefined;
  const refused = volcanoTrouble(queue, objects.queue, readAmounts(minimumOf(group)));
  if (refused !== undefined) return { class: "rejected", ...refused };
  if (isUnplaced) return waits(said);
  return notEnqueued(queue, objects);
}

const OVERUSED = /resource in cluster is overused/;
const HELD_BACK = /queue resource quota insufficient|overused/;

/** The group was not let into the queue. Volcano writes the cause only into an event. */
function notEnqueued(queue: string, { events, age }: VolcanoObjects): QueueAnswer {
  const cause = events.findLast((one) => HELD_BACK.test(one));
  if (cause !== undefined) {
    const detail = OVERUSED.test(cause) ? "QueueFull" : cause;
    return { class: "waits", reason: reason("QueueWaits", { queue, detail }) };
  }
  if (age < SCHEDULER_LOOKS)
    return {
      class: "waits",
      reason: reason("QueueWaits", { queue, detail: "QueueNotLooked" }),
      again: SCHEDULER_LOOKS - age,
    };
  const delay = formatDuration(SCHEDULER_LOOKS);
  return { class: "waits", reason: reason("SchedulerAbsent", { scheduler: "volcano", delay }) };
}

/** Why the Queue can never hold a group that asks for these amounts; `undefined` when it may, or is not known. */
export function volcanoTrouble(
  name: string,
  queue: JsonObject | null | undefined,
  asked: ReadonlyMap<string, number>,
): { readonly reason: Reason; readonly grace?: number } | undefined {
  const named = `Queue/${name}`;
  if (queue === null) return { reason: reason("QueueMissing", { queue: named }), grace: QUEUE_GRACE };
  const state = textAt(queue, "status", "state");
  if (state === "Closed" || state === "Closing")
    return { reason: reason("QueueClosed", { queue: named, detail: "QueueShut", state }), grace: QUEUE_GRACE };
  const capability = readAmounts(isObject(queue) && isObject(queue["spec"]) ? queue["spec"]["capability"] : undefined);
  const over = [...asked].find(([resource, amount]) => amount > (capability.get(resource) ?? Number.POSITIVE_INFINITY));
  if (over === undefined) return undefined;
  const [resource, amount] = over;
  const [need, have] = [namedAmount(resource, amount), namedAmount(resource, capability.get(resource) ?? 0)];
  return { reason: reason("QueueTooSmall", { queue: named, need, have }) };
}

/** What the group needs to start. Volcano also writes each amount under the name that a quota has for it. */
function minimumOf(group: JsonObject): JsonObject {
  const minimum = isObject(group["spec"]) ? group["spec"]["minResources"] : undefined;
  if (!isObject(minimum)) return {};
  return Object.fromEntries(
    Object.entries(minimum).flatMap(([name, amount]) =>
      name.startsWith("limits.") || name === "pods" || name.startsWith("count/")
        ? []
        : [[name.replace(/^requests\./, ""), amount] as const],
    ),
  );
}

function newestCondition(group: JsonObject): JsonObject | undefined {
  const known = listAt(group, "status", "conditions").filter((one) => textAt(one, "status") === "True");
  const time = (one: JsonObject): number => Date.parse(textAt(one, "lastTransitionTime")) || 0;
  // When two conditions have the same second, the later one in the list counts.
  return known.reduce<JsonObject | undefined>(
    (best, one) => (best === undefined || time(one) >= time(best) ? one : best),
    undefined,
  );
}
