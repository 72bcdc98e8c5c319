// Volcano: what the phase and the conditions of a PodGroup mean. Volcano never resets `Unschedulable` when the group is
// scheduled later, so the newest condition counts. Volcano does not report "never": everything that it holds back may
// still start.
// https://volcano.sh/en/docs/podgroup/
import type { JsonObject } from "../../model/data/json.ts";
import { reason } from "../../model/reasons/reason.ts";
import { listAt, textAt } from "../kubernetes/optionalFields.ts";
import type { QueueAnswer } from "./answer.ts";

export function podGroupAnswer(group: JsonObject): QueueAnswer {
  const phase = textAt(group, "status", "phase");
  const newest = newestCondition(group);
  const said = newest === undefined ? "" : `${textAt(newest, "reason")}: ${textAt(newest, "message")}`;
  const waits = (detail: string): QueueAnswer => ({ class: "waits", reason: reason("QueueWaits", { detail }) });
  if (phase === "Completed") return { class: "succeeded", reason: reason("Completed") };
  if (phase === "Running") return { class: "running", reason: reason("TaskRunning") };
  if (newest !== undefined && textAt(newest, "type") === "Unschedulable") return waits(said);
  // A part of the group runs, and the rest cannot be placed.
  if (phase === "Unknown") return waits(said === "" ? "QueuePartly" : said);
  if (phase === "Inqueue") return { class: "waits", reason: reason("Beginning") };
  return waits(phase === "" ? "QueueNotLooked" : "QueueFull");
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
