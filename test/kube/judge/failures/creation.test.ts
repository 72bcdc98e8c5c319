// A denial of a controller's pods: built-in admission refuses for good, a webhook gets time to change its mind.
import { expect, it } from "vitest";
import { creationFinding } from "../../../../src/kube/judge/failures/creation.ts";
import { judge, NO_MEMORY } from "../../../../src/kube/judge/verdict.ts";
import { object } from "../../fixtures.ts";

const JOB = object({ apiVersion: "batch/v1", kind: "Job", name: "x" });

/** The state at first sight, and in the last second before and the first after the grace. */
function states(message: string, grace: number): readonly string[] {
  let memory = NO_MEMORY;
  const at = (milliseconds: number): string => {
    const verdict = judge(creationFinding(JOB, message, []), memory, milliseconds);
    memory = verdict.memory;
    return verdict.health.state;
  };
  const first = at(0);
  for (let now = 10_000; now < grace - 1_000; now += 10_000) at(now);
  return [first, at(grace - 1_000), at(grace)];
}

it.each([
  ['Error creating: admission webhook "p" denied the request: no', 15_000],
  ['Error creating: admission webhook "mpod.kb.io" denied the request: Job.batch "x" not found', 60_000],
])("%s: pending until it has lasted for its grace", (message, grace) => {
  expect(states(message, grace)).toEqual(["blocked", "blocked", "rejected"]);
});

it("what built-in admission refuses is refused at first sight", () => {
  const text = 'Error creating: pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged';
  expect(states(text, 15_000)[0]).toBe("rejected");
});

it("HAMi's quota in use stays pending", () => {
  const text = 'Error creating: admission webhook "vgpu.hami.io" denied the request: exceeding resource quota';
  expect(states(text, 60_000)).toEqual(["blocked", "blocked", "blocked"]);
});
