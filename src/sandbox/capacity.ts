// Answers the questions about room in the sandbox. The answers come from src/capacity, as for a real cluster; the view is
// that of the simulated scheduler, brought up to date by each question.
import { createCapacityQuestion } from "../capacity/capacityQuestion.ts";
import { NO_AUTOSCALERS } from "../capacity/fit/autoscaler.ts";
import { createReservations } from "../capacity/waiting/reservations.ts";
import type { CapacityQuestion } from "../ports/cluster.ts";
import { quotaObjects } from "./objects/quotaObjects.ts";
import { admittedPod } from "./scheduling/hami.ts";
import type { SandboxState } from "./state.ts";
import { isReachable, unreachable } from "./writeCalls.ts";

export function createSandboxCapacity(state: SandboxState): CapacityQuestion {
  const { scheduler, clock, closing } = state;
  const { view } = scheduler;
  const reservations = createReservations(view);
  scheduler.onBound((pod) => reservations.podSeen(pod));
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
    autoscalers: async () => NO_AUTOSCALERS,
  });
  return {
    ...question,
    check: (request, signal) => {
      // The pods that the cluster would have: its admission changes them.
      const groups = request.groups.map((group) => ({ ...group, pod: admittedPod(group.pod) }));
      return question.check({ ...request, groups }, signal);
    },
    subscribe: (onChange) => {
      const stops = [state.wake.wait(), state.changes.subscribe(question.changed), question.subscribe(onChange)];
      return () => stops.forEach((stop) => stop());
    },
  };
}
