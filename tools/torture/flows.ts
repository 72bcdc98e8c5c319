// Random workflows of the users, made from everything that a run can wait for, and the actions of a user while each one
// runs. Each condition is also kept as data next to its text, so that the judge does not need the condition parser of
// the program under test.
import type { JsonObject } from "../../src/model/data/json.ts";
import { POOL, POOL_LIMIT } from "./target.ts";

/** The condition of a step: another step ended in the phase `is`, or did not end in the phase `isNot`. */
export interface Asks {
  readonly of: string;
  readonly is?: string;
  readonly isNot?: string;
}

export interface FlowStep {
  readonly name: string;
  readonly asks?: Asks;
  readonly final: boolean;
}

export type Steering = "cancel" | "cancel-all" | "pause" | "resume" | "approve" | "deny";

export interface Flow {
  readonly workflow: JsonObject;
  /** The steps with conditions and the final steps. */
  readonly steps: readonly FlowStep[];
  /** The user's actions in their order; `after` is in milliseconds after the previous action. */
  readonly steering: readonly { readonly after: number; readonly what: Steering; readonly job?: string }[];
}

export interface Chance {
  readonly random: () => number;
  /** Address of the machine on which the workflows work. */
  readonly machine: string;
}

type Maker = (chance: Chance) => Flow;

const notify = (name: string, asks?: Asks): JsonObject => ({
  name,
  type: "notify",
  ...(asks === undefined ? {} : { if: textOf(asks) }),
  properties: { message: name },
});

function textOf({ of, is, isNot }: Asks): string {
  return is === undefined ? `/steps/${of}/phase != '${isNot ?? ""}'` : `/steps/${of}/phase == '${is}'`;
}

/**
 * Adds to the given steps two steps with a condition about the end of `watched`, and three final steps, of which two
 * have a condition.
 */
function flowOf(
  steps: readonly JsonObject[],
  {
    watched,
    ended,
    steering,
  }: { readonly watched: string; readonly ended: string; readonly steering: Flow["steering"] },
): Flow {
  const asking: readonly FlowStep[] = [
    { name: "on-that", asks: { of: watched, is: ended }, final: false },
    { name: "on-other", asks: { of: watched, isNot: ended }, final: false },
    { name: "tidy", final: true },
    { name: "tidy-that", asks: { of: watched, is: ended }, final: true },
    { name: "tidy-unasked", asks: { of: "on-that", is: "skipped" }, final: true },
  ];
  const written = (final: boolean) =>
    asking.filter((one) => one.final === final).map((one) => notify(one.name, one.asks));
  const workflow = { mode: "DAG", steps: [...steps, ...written(false)], finally: written(true) };
  return { workflow, steps: asking, steering };
}

const among = <const T>({ random }: Chance, list: readonly [T, ...T[]]): T =>
  list[Math.floor(random() * list.length)] ?? list[0];
const soon = ({ random }: Chance): number => 200 + 6_500 * random();

function cancelled(chance: Chance): Flow["steering"] {
  const what = chance.random() < 0.3 ? "cancel-all" : "cancel";
  const before = chance.random() < 0.25 ? [{ after: soon(chance) / 3, what: "pause" as const }] : [];
  const again = chance.random() < 0.25 ? [{ after: 50, what: "cancel-all" as const }] : [];
  return [...before, { after: soon(chance), what }, ...again];
}

/** A workflow that waits so long that only a cancel ends it during the test. */
const patient: Maker = (chance) =>
  flowOf(
    [
      { name: "first", type: "wait", properties: { for: "500ms" } },
      {
        name: "work",
        type: "wait",
        dependsOn: ["first"],
        ...(chance.random() < 0.4 ? { forEach: [1, 2, 3] } : {}),
        properties: { for: among(chance, ["7m", "20m", "5h"]) },
      },
    ],
    { watched: "work", ended: "cancelled", steering: cancelled(chance) },
  );

const backingOff: Maker = (chance) =>
  flowOf(
    [
      {
        name: "work",
        type: "http",
        timeout: "1h",
        retry: { attempts: 3, backoff: "5m" },
        properties: { url: `${chance.machine}/status/503` },
      },
    ],
    { watched: "work", ended: "cancelled", steering: cancelled(chance) },
  );

/** A workflow with a lock whose key is the output of the previous step. */
const locked: Maker = (chance) => {
  const host = `host-${Math.floor(chance.random() * 3)}`;
  const queue = chance.random() < 0.3 ? { clocks: { queue: "3s" } } : {};
  const onLimit = among(chance, ["queue", "queue", "queue", "fail", "cancel"]);
  return flowOf(
    [
      { name: "who", type: "http", properties: { url: `${chance.machine}/name/${host}` } },
      {
        name: "work",
        type: "http",
        ...queue,
        locks: [{ host: { $from: "/steps/who/outputs/body/host" }, onLimit }],
        properties: { url: `${chance.machine}/hold/${host}/${200 + Math.floor(1_500 * chance.random())}` },
      },
    ],
    { watched: "work", ended: "expired", steering: chance.random() < 0.2 ? cancelled(chance) : [] },
  );
};

const pooled: Maker = (chance) =>
  flowOf(
    [
      {
        name: "work",
        type: "http",
        forEach: [1, 2, 3],
        locks: [{ key: POOL, limit: POOL_LIMIT }],
        properties: { url: `${chance.machine}/hold/${POOL}/300` },
      },
    ],
    { watched: "work", ended: "succeeded", steering: chance.random() < 0.3 ? cancelled(chance) : [] },
  );

/** A workflow with an approval. If no user answers, it expires. */
const asked: Maker = (chance) => {
  const answer = among<"approve" | "deny" | null>(chance, ["approve", "deny", null]);
  const paused = chance.random() < 0.4;
  return flowOf(
    [
      { name: "first", type: "wait", properties: { for: "300ms" } },
      { name: "work", type: "approve", dependsOn: ["first"], timeout: "20s", properties: { message: "May it go on?" } },
    ],
    {
      watched: "work",
      ended: "rejected",
      steering: [
        ...(paused ? (["pause", "resume"] as const).map((what) => ({ after: soon(chance) / 2, what })) : []),
        ...(answer === null ? [] : [{ after: 800 + soon(chance) / 4, what: answer, job: "work" }]),
      ],
    },
  );
};

const MAKERS: readonly [Maker, ...Maker[]] = [patient, patient, backingOff, locked, locked, locked, pooled, asked];

export function anyFlow(chance: Chance): Flow {
  return among(chance, MAKERS)(chance);
}
