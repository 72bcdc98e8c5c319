// Random workflows: the needs of jobs never make a circle, every pair that the document orders is ordered, and any JSON
// gets an answer.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/model/data/json.ts";
import { explainProblem, hasErrors } from "../../../src/model/problems/problem.ts";
import type { PlannedJob } from "../../../src/model/run/plan.ts";
import { checkDocument } from "../../../src/plan/check/check.ts";
import { layersOf } from "../../../src/plan/order.ts";
import { catalog, planned, step } from "./steps.ts";

interface Shape {
  readonly kind: "job" | "group";
  readonly mode: "DAG" | "StepByStep";
  readonly loop: number | null;
  readonly parts: readonly Shape[];
  /** The earlier steps that it names, each as a fraction of their number. */
  readonly depends: readonly number[];
  readonly reads: number | null;
  readonly watches: number | null;
}

const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const shape = shapeOf(2);

function shapeOf(depth: number): fc.Arbitrary<Shape> {
  return fc.record({
    kind: fc.constantFrom("job", "group"),
    mode: fc.constantFrom("DAG", "StepByStep"),
    loop: fc.option(fc.nat({ max: 3 }), { freq: 3 }),
    parts: depth === 0 ? fc.constant([]) : fc.array(shapeOf(depth - 1), { maxLength: 3 }),
    depends: fc.array(share, { maxLength: 2 }),
    reads: fc.option(share),
    watches: fc.option(share),
  });
}

interface Made {
  readonly name: string;
  /** The names of the loops around it. */
  readonly loops: readonly string[];
  readonly isJob: boolean;
  readonly looped: boolean;
  readonly inside: readonly string[];
}

/** Steps name only earlier steps, so every document is valid. */
class Writer {
  readonly earlier: Made[] = [];
  private count = 0;

  write(shapes: readonly Shape[], around: Pick<Made, "loops" | "inside">): readonly JsonObject[] {
    return shapes.map((one) => this.writeStep(one, around));
  }

  private writeStep(one: Shape, around: Pick<Made, "loops" | "inside">): JsonObject {
    const name = `s${this.count++}`;
    const seen = this.earlier.filter(
      (made) => !around.inside.includes(made.name) && made.loops.every((loop) => around.loops.includes(loop)),
    );
    const pick = (at: number | null): Made | undefined =>
      at === null ? undefined : seen[Math.floor(at * seen.length)];
    const isGroup = one.kind === "group" && one.parts.length > 0;
    const target = pick(one.reads);
    const watched = pick(one.watches);
    const dependsOn = one.depends.flatMap((at) => pick(at)?.name ?? []);
    const reads = !isGroup && target?.isJob === true && !target.looped;
    const forEach = one.loop === null ? {} : { forEach: Array.from({ length: one.loop }, (_, index) => index) };
    const common = {
      dependsOn,
      ...(watched === undefined ? {} : { if: `/steps/${watched.name}/phase != 'failed'` }),
      ...forEach,
    };
    const inner = {
      inside: [...around.inside, name],
      loops: one.loop === null ? around.loops : [...around.loops, name],
    };
    const written: JsonObject = isGroup
      ? { name, type: "group", mode: one.mode, subSteps: this.write(one.parts, inner), ...common }
      : step(name, {
          ...common,
          properties: reads ? { model: { $from: `/steps/${target.name}/outputs/model` } } : {},
        });
    this.earlier.push({ name, isJob: !isGroup, looped: one.loop !== null, ...around });
    return written;
  }
}

function write(steps: readonly Shape[], last: readonly Shape[], mode: string): JsonObject {
  const writer = new Writer();
  const around = { loops: [], inside: [] };
  const written = writer.write(steps, around);
  return { mode, steps: written, ...(last.length === 0 ? {} : { finally: writer.write(last, around) }) };
}

const document = fc
  .tuple(
    fc.array(shape, { minLength: 1, maxLength: 5 }),
    fc.array(shape, { maxLength: 2 }),
    fc.constantFrom("DAG", "StepByStep"),
  )
  .map(([steps, last, mode]) => write(steps, last, mode));

function before(jobs: readonly PlannedJob[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byName = new Map(jobs.map((job) => [job.name, job] as const));
  const known = new Map<string, ReadonlySet<string>>();
  const visit = (name: string): ReadonlySet<string> => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const all = new Set<string>();
    for (const { job } of byName.get(name)?.needs ?? []) for (const one of [job, ...visit(job)]) all.add(one);
    known.set(name, all);
    return all;
  };
  for (const job of jobs) visit(job.name);
  return known;
}

function members(jobs: readonly PlannedJob[], step: JsonObject): readonly string[] {
  return jobs.filter((job) => job.step?.path[0] === step["name"]).map((job) => job.name);
}

describe("random workflows", { timeout: 120_000 }, () => {
  it("become jobs in an order without circles, and no job waits for one that does not exist", () => {
    fc.assert(
      fc.property(document, (value) => {
        const { jobs, problems } = planned(value);
        expect(problems.map((one) => explainProblem(one, "en").message)).toEqual([]);
        const names = new Set(jobs.map((job) => job.name));
        expect(names.size).toBe(jobs.length);
        const place = new Map(layersOf(jobs).flatMap((layer, index) => layer.map((name) => [name, index] as const)));
        const wrong = jobs.flatMap((job) =>
          job.needs.filter((need) => !names.has(need.job) || (place.get(need.job) ?? 0) >= (place.get(job.name) ?? 0)),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("keep the order of lists, and final steps after all", () => {
    fc.assert(
      fc.property(document, (value) => {
        const { jobs } = planned(value);
        const reach = before(jobs);
        const steps = value["steps"] as readonly JsonObject[]; // as written above
        if (value["mode"] === "StepByStep") {
          for (const [index, later] of steps.entries()) {
            for (const earlier of steps.slice(0, index)) {
              for (const job of members(jobs, later))
                for (const other of members(jobs, earlier))
                  if (reach.get(job)?.has(other) !== true) throw new Error(`${job} does not wait for ${other}`);
            }
          }
        }
        const final = jobs.filter((job) => job.final === true);
        const others = jobs.filter((job) => job.final !== true);
        for (const job of final) for (const other of others) expect(reach.get(job.name)?.has(other.name)).toBe(true);
        for (const other of others)
          for (const need of other.needs) expect(final.map((job) => job.name)).not.toContain(need.job);
      }),
      { numRuns: 300 },
    );
  });

  it("wait across a loop over nothing, also when a condition looks at it", () => {
    const { jobs } = planned({
      mode: "StepByStep",
      steps: [
        step("first"),
        step("nothing", { forEach: [] }),
        step("last", { if: "/steps/nothing/phase != 'failed'" }),
      ],
    });
    expect(before(jobs).get("last")).toContain("first");
    expect(jobs.find((job) => job.name === "last")?.needs).toEqual([
      { job: "nothing", because: "reference", on: "end", pointer: "/steps/2/if" },
    ]);
  });

  it("respect what each step names", () => {
    fc.assert(
      fc.property(document, (value) => {
        const { jobs } = planned(value);
        const reach = before(jobs);
        const top = value["steps"] as readonly JsonObject[]; // as written above
        for (const one of top) {
          for (const name of one["dependsOn"] as readonly string[]) {
            const wanted = jobs.filter((job) => job.step?.path.includes(name) === true);
            for (const job of members(jobs, one))
              for (const other of wanted) expect(reach.get(job)).toContain(other.name);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("are the same twice", () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(planned(structuredClone(value))).toEqual(planned(value));
      }),
      { numRuns: 50 },
    );
  });
});

describe("any JSON", { timeout: 120_000 }, () => {
  const word = fc.constantFrom(
    "steps",
    "finally",
    "name",
    "type",
    "group",
    "deploy",
    "workflow",
    "train",
    "subSteps",
    "properties",
    "components",
    "all",
    "dependsOn",
    "if",
    "forEach",
    "$from",
    "default",
    "/steps/a/outputs/model",
    "/item",
    "/inputs/x",
    "a",
    "b",
    "inputs",
    "mode",
    "DAG",
    "__proto__",
    "constructor",
    "timeout",
    "retry",
    "clocks",
    "onShort",
    "/steps/a/phase == 'x'",
    "application",
  );
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      fc.oneof(word, fc.constantFrom<Json>(null, true, 0, 3, "", [], {})),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.array(fc.tuple(word, tie("json")), { maxLength: 5 }).map((entries): Json => Object.fromEntries(entries)),
    ),
  }));

  it("gets an answer", () => {
    fc.assert(
      fc.property(fc.oneof(json, fc.jsonValue() as fc.Arbitrary<Json>), (value) => {
        const { problems, application } = checkDocument({ name: "x", components: [], workflow: value }, catalog);
        expect(application === null).toBe(hasErrors(problems));
        planned(value);
      }),
      { numRuns: 500 },
    );
  });

  it("gets an answer in place of anything in a right workflow", () => {
    fc.assert(
      fc.property(document, fc.nat(), json, (value, place, damage) => {
        const damaged = replaced(value, { left: place % 40, by: damage });
        const { jobs, problems } = planned(damaged);
        if (hasErrors(problems)) expect(jobs).toEqual([]);
        const texts = problems.map((one) => explainProblem(one, "zh").message).join("\n");
        expect(texts).not.toMatch(/\{(value|name|known|pointer|step|limit)\}/);
      }),
      { numRuns: 500 },
    );
  });
});

/** The value with its n-th part replaced. */
function replaced(value: Json, counter: { left: number; readonly by: Json }): Json {
  if (counter.left-- === 0) return counter.by;
  if (Array.isArray(value)) return value.map((one: Json) => replaced(one, counter));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner ?? null, counter)]));
}
