// The pods that the status counts when several objects of a component have a number of pods.
import { expect, it } from "vitest";
import { countsOf } from "../../../src/engine/answering/status.ts";
import type { ObjectHealth } from "../../../src/model/kubernetes/health.ts";
import { reason } from "../../../src/model/reasons/reason.ts";

const counted = (kind: string, ready: number, wanted: number): ObjectHealth => ({
  ref: { apiVersion: "x/v1", kind, namespace: "a", name: "web" },
  state: "ready",
  reason: reason("Ready"),
  evidence: [],
  facts: { ready, wanted },
});

it("counts the pods that exist, not those that the autoscaler last asked for", () => {
  expect(countsOf([counted("HorizontalPodAutoscaler", 0, 0), counted("Deployment", 2, 3)])).toEqual({
    ready: 2,
    wanted: 3,
  });
  expect(countsOf([counted("HorizontalPodAutoscaler", 0, 0)])).toBeUndefined();
});
