// Room that a caller kept is free again as soon as the caller says that its job has ended.
import { expect, it } from "vitest";
import { createCapacityQuestion } from "../../src/capacity/capacityQuestion.ts";
import { NO_AUTOSCALERS } from "../../src/capacity/fit/autoscaler.ts";
import { createReservations } from "../../src/capacity/waiting/reservations.ts";
import { createVirtualClock } from "../support/virtualClock.ts";
import { gpuPod, node, viewOf } from "./world.ts";

it("a job that ends before its pods came gives its room back, after it had kept it", async () => {
  const view = viewOf([node("gpu-1", { gpus: 4 })]);
  const question = createCapacityQuestion({
    view,
    reservations: createReservations(view),
    clock: createVirtualClock(new Date("2026-01-01T00:00:00Z")),
    signal: new AbortController().signal,
    outdated: () => Promise.resolve(null),
    factsOf: () => Promise.resolve({}),
    autoscalers: () => Promise.resolve(NO_AUTOSCALERS),
  });
  const ask = async (name: string): Promise<string> => {
    const pod = gpuPod(4);
    const group = { pod: { ...pod, metadata: { ...pod.metadata, name } }, count: 1 };
    const ticket = { id: name, since: 0, name };
    return (await question.check({ groups: [group], project: "mine", ticket }, new AbortController().signal)).class;
  };
  expect(await ask("first")).toBe("fits");
  question.leave("first", "keep");
  expect(await ask("second")).toBe("waits");
  question.leave("first", "free");
  expect(await ask("second")).toBe("fits");
});
