// Answers the questions about room in the sandbox. The answers come from src/capacity, as for a real cluster; the view is
// that of the simulated scheduler, brought up to date by each question.
import { createCapacityQuestion } from "../capacity/capacityQuestion.ts";
import { ownerOf } from "../capacity/check.ts";
import { createReservations } from "../capacity/waiting/reservations.ts";
import { labelsAt, textAt } from "../model/data/fieldReaders.ts";
import type { CapacityQuestion } from "../ports/cluster.ts";
import { quotaObjects } from "./objects/quotaObjects.ts";
import type { SandboxState } from "./state.ts";
import { isReachable, unreachable } from "./writeCalls.ts";

export function createSandboxCapacity(state: SandboxState): CapacityQuestion {
  const { scheduler, clock, closing } = state;
  const { view } = scheduler;
  const reservations = createReservations();
  scheduler.onBound((pod) => {
    const { namespace = "", name } = pod.metadata;
    const job = labelsAt(pod, "metadata", "labels")["batch.kubernetes.io/job-name"];
    const node = textAt(pod, "spec", "nodeName");
    for (const owner of job === undefined ? [name] : [name, job])
      reservations.arrived({ owner: ownerOf({ namespace, name: owner }), pod: name, node });
  });
  const question = createCapacityQuestion({
    view,
    reservations,
    clock,
    signal: closing.signal,
    outdated: async () => {
      if (!isReachable(state)) return unreachable(state);
      scheduler.refresh();
      view.namespaces.replaceQuotas(quotaObjects(state));
      return null;
    },
    factsOf: async () => ({}),
    growth: async () => ({}),
  });
  return {
    ...question,
    subscribe: (onChange) => {
      const stops = [state.wake.wait(), state.changes.subscribe(question.changed), question.subscribe(onChange)];
      return () => stops.forEach((stop) => stop());
    },
  };
}
