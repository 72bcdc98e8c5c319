// Joints keep the number of needs small. Where many jobs come after many others, each job of the one group would name
// each of the other: two loops of a thousand rounds make a million needs. A joint is a job that does nothing and
// represents one group: it succeeds when all of them have succeeded, or ends when all of them have ended, and the other
// group waits for the joint alone. Plans with few needs have no joints.

import { defaultTimeout } from "../../../catalog/jobTypes.ts";
import type { Need, PlannedJob } from "../../../model/run/plan.ts";
import type { StepTypes } from "../steps/stepKinds.ts";
import type { Unit } from "./tree.ts";

/** A limit, because each need is stored, and read in every step of the engine. */
export const NEEDS_LIMIT = 50_000;
/** The number of needs above which joints are used. */
export const NEEDS_WITHOUT_JOINTS = 5_000;
/** Groups with fewer jobs get no joint. */
const CROWD = 20;

interface Joining {
  readonly jobs: readonly string[];
  /** The name of the step of these jobs, in the run's context. */
  readonly step: string;
  /** The unit that waits for them. When a cancel does not keep it from starting, it does not end the joint either. */
  readonly unit: Pick<Unit, "final" | "endOf">;
  readonly said: Omit<Need, "job">;
}

interface Joints {
  readonly joints: Map<string, PlannedJob> | null;
  readonly types: StepTypes;
  count: number;
}

/** A need for each job, or one for their joint. */
export function join({ jobs, step, unit, said }: Joining, wiring: Joints): readonly Need[] {
  if (wiring.joints === null || jobs.length < CROWD) return jobs.map((job) => ({ job, ...said }));
  const scope = [...(unit.final ? ["finally"] : []), ...(unit.endOf === null ? [] : [unit.endOf])].map(
    (one) => `:${one}`,
  );
  const name = `${step}:${said.on === "end" ? "ended" : "succeeded"}${scope.join("")}`;
  if (!wiring.joints.has(name)) {
    wiring.joints.set(name, jointOf(name, { jobs, unit, said, types: wiring.types }));
    wiring.count += jobs.length;
  }
  return [{ job: name, ...said }];
}

function jointOf(name: string, { jobs, unit, said, types }: Omit<Joining, "step"> & Pick<Joints, "types">): PlannedJob {
  const need: Omit<Need, "job"> = { because: "order", ...(said.on === undefined ? {} : { on: said.on }) };
  return {
    name,
    type: "join",
    joint: "all",
    ...(unit.final ? { final: true } : {}),
    ...(unit.endOf === null ? {} : { endOf: unit.endOf }),
    component: null,
    needs: jobs.map((job) => ({ job, ...need })),
    objects: [],
    input: {},
    timeout: defaultTimeout(types, "join"),
    retry: { attempts: 1, backoff: 0 },
  };
}
