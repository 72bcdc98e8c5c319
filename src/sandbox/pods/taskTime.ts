// How long a task takes in the sandbox. No program runs, but a task whose command is `sleep 30` must not be over after a
// moment: then the jobs behind it in a queue would never be seen to wait.
import { textsAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { faultOf } from "../faults/faults.ts";
import { mainContainer, templateOf } from "../objects/workloadTemplate.ts";
import type { Timing } from "../time/timing.ts";

/** Milliseconds of one attempt. A fault that the image tag or the annotation causes takes the usual time. */
export function taskTime(manifest: Manifest, timing: Timing): number {
  const fault = faultOf(manifest);
  if (fault !== null && fault.name !== "task-fails") return timing.task;
  const container = mainContainer(templateOf(manifest));
  const words = [...textsAt(container, "command"), ...textsAt(container, "args")];
  const asked = sleptSeconds(words) * timing.second;
  return asked > 0 ? asked : timing.task;
}

/** A word of a shell that begins a part which may run several times, or not at all. */
const BRANCHES = /\b(for|while|until|if|case)\b|&&|\|\|/;
const SLEEP = /(?:^|[;\n])\s*(?:exec\s+)?sleep\s+(\d+(?:\.\d+)?)\s*(?=[;\n]|$)/g;

/** The sum of the plain `sleep N` of a script without branches; 0 for every other program. */
function sleptSeconds(words: readonly string[]): number {
  const script = words[0] === "sleep" ? words.join(" ") : (words.at(-1) ?? "");
  if (BRANCHES.test(script)) return 0;
  return [...script.matchAll(SLEEP)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}
