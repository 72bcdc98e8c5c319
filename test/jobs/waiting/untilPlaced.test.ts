// Tests what is reported about pods that exist and find no node, in addition to the message of the scheduler. The test
// controls the clock.
import { expect, it } from "vitest";
import type { JobRun } from "../../../src/catalog/job.ts";
import { reportPlacement } from "../../../src/jobs/waiting/untilPlaced.ts";
import { dig } from "../../../src/model/data/json.ts";
import { NO_HOLDERS } from "../../../src/model/kubernetes/capacity.ts";
import type { Evidence, ObjectHealth } from "../../../src/model/kubernetes/health.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { explainReason, type Reason, type ReasonCode, reason, withAlso } from "../../../src/model/reasons/reason.ts";
import { unpaused } from "../../support/runTime.ts";
import { createVirtualClock } from "../../support/virtualClock.ts";

/** The fields of a job that are the same in all cases. */
const jobWith = (clock: ReturnType<typeof createVirtualClock>) => ({
  run: "r",
  job: "web",
  attempt: 1,
  application: "shop",
  component: "web",
  project: "mine",
  waitingSince: 0,
  clock,
  runTime: unpaused(clock),
  signal: new AbortController().signal,
  capacityWeights: () => Promise.resolve([]),
});

const ref = { apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: "web" };
const manifest = {
  apiVersion: ref.apiVersion,
  kind: ref.kind,
  metadata: { name: ref.name, namespace: ref.namespace },
  spec: { replicas: 3, template: { spec: { containers: [] } } },
};
const health = (code: ReasonCode): ObjectHealth => ({
  ref,
  state: "blocked",
  reason: reason(code, { detail: "1 Insufficient cpu" }),
  evidence: [{ source: "condition", object: "Pod/web-1", text: "PodScheduled=False" }],
});

it("pods without a node say who holds their room and where they stand, until they have one", async () => {
  const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
  const told: (readonly Evidence[])[] = [];
  const [left, asked, waits, schedulers]: [string[], number[], number[], unknown[]] = [[], [], [], []];
  const verdict = {
    class: "waits",
    reason: reason("CapacityShort", { need: "2 cpu", node: "n1", have: "1" }),
    missing: [],
    holders: { ...NO_HOLDERS, own: ["shop/web"] },
    flavor: "cpu",
    queue: { position: 1, of: 2 },
    nodes: { total: 1, suitable: 1 },
  };
  const job = {
    ...jobWith(clock),
    waits: { lately: () => Promise.resolve([]), add: (_: string, time: number) => Promise.resolve(waits.push(time)) },
    cluster: {
      // The pod that exists has what a webhook made of the template.
      read: ({ kind, name }: { kind: string; name: string }) =>
        Promise.resolve({ kind, metadata: { name, namespace: "default" }, spec: { schedulerName: "hami-scheduler" } }),
      capacity: {
        check: (request: { groups: { count: number; pod: Manifest }[] }) => {
          asked.push(...request.groups.map((one) => one.count));
          schedulers.push(...request.groups.map((one) => dig(one.pod, "spec", "schedulerName")));
          return Promise.resolve(verdict);
        },
        subscribe: () => () => {},
        leave: (id: string) => void left.push(id),
      },
    },
    report: (_: unknown, evidence: readonly Evidence[]) => void told.push(evidence),
  };
  // The function uses only these fields.
  const places = reportPlacement(job as unknown as JobRun<unknown>, [manifest]);
  places.report(health("Unschedulable"), "pending");
  await clock.advance(6_000);
  expect(told.at(-1)?.map((one) => one.text)).toEqual([
    "waits for room: asks for 2 cpu on one node, the best node n1 has 1 free",
    "used by shop/web",
    "1 of 2 in line for cpu",
    "PodScheduled=False",
  ]);
  expect(asked).toEqual([3, 1, 3, 1]);
  expect(new Set(schedulers)).toEqual(new Set(["hami-scheduler"]));
  places.report(health("Starting"), "running");
  expect([left, waits, told.at(-1)?.length]).toEqual([["r/web/1"], [6_000], 1]);
  await clock.advance(20_000);
  expect(asked).toEqual([3, 1, 3, 1]);
});

it("a check that was under way when the pod got its node leaves no request in the queue", async () => {
  const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
  const inQueue = new Set<string>();
  let answer: () => void = () => {};
  const verdict = { class: "waits", reason: reason("NoNodes"), missing: [], holders: NO_HOLDERS, nodes: {} };
  const check = async ({ ticket }: { ticket?: { id: string } }) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    if (ticket !== undefined) inQueue.add(ticket.id);
    return verdict;
  };
  const job = {
    ...jobWith(clock),
    waits: { lately: () => Promise.resolve([]), add: () => Promise.resolve() },
    cluster: {
      read: () => Promise.resolve(null),
      capacity: { check, subscribe: () => () => {}, leave: (id: string) => void inQueue.delete(id) },
    },
    report: () => {},
  };
  // The function uses only these fields.
  const places = reportPlacement(job as unknown as JobRun<unknown>, [manifest]);
  places.report(health("Unschedulable"), "pending");
  await clock.advance(10);
  places.report(health("Starting"), "running");
  for (let round = 0; round < 3; round += 1) {
    answer();
    await clock.advance(10);
  }
  expect([...inQueue]).toEqual([]);
});

/** A pod without a node, on a cluster whose nodes give this verdict. */
function placing(verdict: { readonly class: string; readonly code: ReasonCode }) {
  const clock = createVirtualClock(new Date("2026-01-01T00:00:00Z"));
  const given: string[] = [];
  const asked: (boolean | undefined)[] = [];
  const found = {
    class: verdict.class,
    reason: reason(verdict.code, { need: "16 gpu", node: "n1", have: "8" }),
    missing: [],
    holders: NO_HOLDERS,
    nodes: { total: 1, suitable: 0 },
  };
  const check = (request: { existingNodes?: boolean }) => Promise.resolve((asked.push(request.existingNodes), found));
  const job = {
    ...jobWith(clock),
    waits: { lately: () => Promise.resolve([]), add: () => Promise.resolve() },
    cluster: { read: () => Promise.resolve(null), capacity: { check, subscribe: () => () => {}, leave: () => {} } },
    report: () => {},
  };
  // The function uses only these fields.
  const places = reportPlacement(job as unknown as JobRun<unknown>, [manifest], (why) =>
    given.push(explainReason(why, "en")),
  );
  const says = (why: Reason): void => places.report({ ...health("Unschedulable"), reason: why }, "pending");
  return { clock, given, asked, says, stop: () => places.stop() };
}

const NO = withAlso(reason("NoNewNode"), reason("GroupsAtMost", { count: 2 }));
const NEVER = { class: "rejected", code: "NeverFits" } as const;

it("gives up when no node can ever take the pods and the autoscaler has said no for a minute", async () => {
  const { clock, given, asked, says, stop } = placing(NEVER);
  says(NO);
  await clock.advance(55_000);
  expect(given).toEqual([]);
  expect(asked).toContain(true);
  await clock.advance(10_000);
  expect(given).toEqual([
    "no node can ever take it: it asks for 16 gpu, the largest node n1 has 8 in total; the autoscaler adds no node; 2 groups have reached their maximum size",
  ]);
  stop();
});

it.each([
  ["the nodes may have room later", { class: "waits", code: "CapacityShort" } as const, NO],
  ["a node is on its way", NEVER, reason("NodeComing", { group: "pool", from: 1, to: 2 })],
  ["the autoscaler backs off, which passes", NEVER, withAlso(NO, reason("GroupsBackOff", { count: 1 }))],
  ["no autoscaler has said anything", NEVER, reason("Unschedulable", { detail: "1 Insufficient cpu" })],
] as const)("does not give up while %s", async (_, verdict, said) => {
  const { clock, given, says, stop } = placing(verdict);
  says(said);
  await clock.advance(200_000);
  expect(given).toEqual([]);
  stop();
});

it("counts the minute from the last time that the autoscaler said no", async () => {
  const { clock, given, says, stop } = placing(NEVER);
  says(NO);
  await clock.advance(50_000);
  says(reason("NodeComing", { group: "pool", from: 1, to: 2 }));
  await clock.advance(20_000);
  says(NO);
  await clock.advance(50_000);
  expect(given).toEqual([]);
  await clock.advance(15_000);
  expect(given).toHaveLength(1);
  stop();
});
