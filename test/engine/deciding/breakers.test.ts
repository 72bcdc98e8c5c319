// Random outcomes over projects, targets and kinds of failure, compared with a model that only knows what each target
// of each project did: a job is held back only because its own target, in its own project, had trouble that is no
// mistake of the user.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JobOutcome } from "../../../src/catalog/job.ts";
import { type BreakerAttempt, type BreakerSubject, createBreakers } from "../../../src/engine/deciding/breakers.ts";
import { type ReasonCode, reason } from "../../../src/model/reasons/reason.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const PROJECTS = ["good", "evil", "third"];
const TARGETS = ["", "a.example:443", "b.example:443"];
const VERSIONS = [undefined, "1.0.0", "2.0.0"];

type Kind = "success" | "trouble" | "answered" | "mistake" | "left";

const bad = (phase: Exclude<JobOutcome["phase"], "succeeded">, code: ReasonCode): JobOutcome => ({
  phase,
  reason: reason(code),
  evidence: [],
  retryable: false,
});
const OUTCOMES: Readonly<Record<Exclude<Kind, "left">, readonly JobOutcome[]>> = {
  success: [{ phase: "succeeded", reason: reason("Completed") }],
  trouble: [bad("failed", "CallFailed"), bad("interrupted", "Lost"), bad("failed", "InternalError")],
  answered: [bad("failed", "WrongStatus"), bad("failed", "AnswerNotJson"), bad("failed", "WorkerFailed")],
  mistake: [bad("rejected", "BadInput"), bad("rejected", "NotCalled"), bad("timed-out", "AttemptDeadline")],
};

const kind = fc.constantFrom<Kind>("success", "trouble", "trouble", "trouble", "answered", "mistake", "left");
const part = fc.record({
  project: fc.constantFrom(...PROJECTS),
  target: fc.constantFrom(...TARGETS),
  version: fc.constantFrom(...VERSIONS),
});
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ spot: part, kind, which: fc.nat(2), times: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 2 * MINUTE }) }) },
);
type Spot = (typeof part extends fc.Arbitrary<infer S> ? S : never) & { readonly type?: string };

function subject({ project, target, version, type = "http" }: Spot): BreakerSubject {
  return {
    project,
    type,
    ...(version === undefined ? {} : { version }),
    target: () => (target === "" ? { key: "" } : { key: target, name: target }),
  };
}

const keyOf = ({ project, target, version }: Spot): string => JSON.stringify([project, target, version]);
const EVERYWHERE: readonly Spot[] = PROJECTS.flatMap((project) =>
  TARGETS.flatMap((target) => VERSIONS.map((version) => ({ project, target, version }))),
);

function end(attempt: BreakerAttempt, how: Kind, which = 0): void {
  const outcome = how === "left" ? undefined : OUTCOMES[how][which];
  if (outcome === undefined) attempt.left();
  else attempt.ended(outcome);
}

it("holds a job only for what its own target did in its own project, and never a project that has only successes", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), fc.constantFrom(...PROJECTS), (acts, spotless) => {
      let now = 10 * MINUTE;
      const breakers = createBreakers({ now: () => new Date(now) });
      const troubles = new Map<string, number[]>();
      for (const one of acts) {
        if ("pass" in one) now += one.pass;
        else
          for (let time = 0; time < one.times; time += 1) {
            if (breakers.refusalOf(subject(one.spot)) !== null) break;
            const how = one.spot.project === spotless ? "success" : one.kind;
            const key = keyOf(one.spot);
            if (how === "trouble") troubles.set(key, [...(troubles.get(key) ?? []), now]);
            end(breakers.begin(subject(one.spot)), how, one.which);
          }
        for (const at of EVERYWHERE) {
          const held = breakers.refusalOf(subject(at));
          const lately = (troubles.get(keyOf(at)) ?? []).filter((time) => time > now - 2 * MINUTE);
          if (held === null) continue;
          expect(at.project).not.toBe(spotless);
          expect(lately.length, `${keyOf(at)} was held`).toBeGreaterThan(0);
          expect(held.until?.getTime()).toBeGreaterThan(now);
          expect(held.until?.getTime()).toBeLessThanOrEqual(now + 30 * SECOND);
        }
      }
    }),
    { numRuns: 500 },
  );
});

it("holds jobs back after ten failures within a minute, and names the target", () => {
  fc.assert(
    fc.property(part, fc.nat(2), (at, which) => {
      const breakers = createBreakers({ now: () => new Date(MINUTE) });
      for (let time = 0; time < 10; time += 1) {
        expect(breakers.refusalOf(subject(at))).toBeNull();
        end(breakers.begin(subject(at)), "trouble", which);
      }
      expect(breakers.refusalOf(subject(at))?.reason).toMatchObject(
        at.target === ""
          ? { code: "BreakerOpen", params: { type: "http", failures: 10 } }
          : { code: "TargetBreakerOpen", params: { type: "http", target: at.target, failures: 10 } },
      );
    }),
  );
});

describe("a half-open breaker", () => {
  const GOOD: Spot = { project: "good", target: "a.example", version: undefined };
  const EVIL: Spot = { ...GOOD, project: "evil" };
  const open = (parts: readonly Spot[]) => {
    let now = MINUTE;
    const breakers = createBreakers({ now: () => new Date(now) });
    for (const at of parts) for (let time = 0; time < 10; time += 1) end(breakers.begin(subject(at)), "trouble");
    return { brakes: breakers, pass: (milliseconds: number) => void (now += milliseconds) };
  };

  it("of one project is not tried by another", () => {
    const { brakes: breakers, pass } = open([GOOD, EVIL]);
    pass(31 * SECOND);
    end(breakers.begin(subject(EVIL)), "trouble");
    expect(breakers.refusalOf(subject(EVIL))).not.toBeNull();
    expect(breakers.refusalOf(subject(GOOD))).toBeNull();
    end(breakers.begin(subject(GOOD)), "success");
    expect(breakers.refusalOf(subject(GOOD))).toBeNull();
    expect(breakers.refusalOf(subject(EVIL))).not.toBeNull();
  });

  it.each<[Kind, boolean]>([
    ["success", false],
    ["answered", false],
    ["trouble", true],
  ])("whose try ends with %s: held again: %s", (how, held) => {
    const { brakes: breakers, pass } = open([GOOD]);
    pass(31 * SECOND);
    const attempt = breakers.begin(subject(GOOD));
    expect(breakers.refusalOf(subject(GOOD)), "while it tries").not.toBeNull();
    end(attempt, how);
    expect(breakers.refusalOf(subject(GOOD)) !== null).toBe(held);
  });

  it.each<Kind>(["mistake", "left"])("whose try ends with %s lets the next one try at once", (how) => {
    const { brakes: breakers, pass } = open([GOOD]);
    pass(31 * SECOND);
    end(breakers.begin(subject(GOOD)), how);
    expect(breakers.refusalOf(subject(GOOD))).toBeNull();
    expect(breakers.states()).toMatchObject([{ state: "open" }]);
  });

  it("is not decided by an attempt that had begun before it opened", () => {
    const { brakes: breakers, pass } = open([]);
    const early = breakers.begin(subject(GOOD));
    for (let time = 0; time < 10; time += 1) end(breakers.begin(subject(GOOD)), "trouble");
    pass(31 * SECOND);
    const attempt = breakers.begin(subject(GOOD));
    end(early, "success");
    expect(breakers.states()).toMatchObject([{ state: "half-open" }]);
    end(attempt, "trouble");
    expect(breakers.refusalOf(subject(GOOD))).not.toBeNull();
  });
});

it("forgets targets that are no longer called: inputs name them, so their number has no limit", () => {
  let now = MINUTE;
  const breakers = createBreakers({ now: () => new Date(now) });
  for (let host = 0; host < 1_000; host += 1) {
    now += 5 * SECOND;
    end(breakers.begin(subject({ project: "good", target: `${host}.example`, version: undefined })), "trouble");
  }
  expect(breakers.states().length).toBeLessThan(40);
});
