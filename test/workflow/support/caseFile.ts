// The format of a case: a document, what is done to its runs and when, and the expected result. Unknown fields are
// refused, so that a misspelt field does not silently expect nothing.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { parseDuration } from "../../../src/model/document/duration.ts";
import { PHASE_NAMES } from "../../../src/model/run/phase.ts";

const FOLDER = join(import.meta.dirname, "../cases");

const time = z.union([z.string(), z.number()]).transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: "custom", message: `${text} is no duration` });
  return z.NEVER;
});
const object = z.record(z.string(), z.json());

/**
 * Each act does one thing. `run: NAME` alone starts a run of the case's document; with `document`, a run of that one.
 */
const act = z.strictObject({
  at: time.default(0),
  run: z.string().optional(),
  deploy: object.optional(),
  document: object.optional(),
  inputs: object.optional(),
  project: z.string().optional(),
  startAt: z.string().optional(),
  cancel: z.string().optional(),
  skipFinally: z.boolean().default(false),
  pause: z.string().optional(),
  resume: z.string().optional(),
  approve: z.string().optional(),
  deny: z.string().optional(),
  step: z.string().optional(),
  by: z.string().default("ann"),
  retry: z.string().optional(),
  from: z.string().optional(),
  restart: z.literal(true).optional(),
  /** The code of the error with which the act must fail. */
  fails: z.string().optional(),
});
export type Act = z.output<typeof act>;

const ended = z
  .enum(PHASE_NAMES)
  .or(z.string().regex(/^[a-z-]+ [A-Z]\w+$/, "a phase, and perhaps the code of its reason"));

const runExpected = z.strictObject({
  phase: z.string(),
  /** The earliest and the latest end. */
  ends: z.tuple([time, time]).optional(),
  /** By the name of the job: a phase, or a phase and the code of its reason. */
  jobs: z.record(z.string(), ended),
  /** A part of each job's output. */
  outputs: object.default({}),
  attempts: z.record(z.string(), z.int()).default({}),
  /** `a < b`: job a has ended before job b begins. */
  order: z.array(z.string().regex(/^\S+ < \S+$/)).default([]),
  /** Texts that the sentence of a job's reason contains. */
  says: z.record(z.string(), z.string()).default({}),
});

const callsExpected = z.strictObject({
  count: z.int().optional(),
  /** The largest number of calls at the same time. */
  together: z.int().optional(),
  fenced: z.literal(true).optional(),
});

const caseShape = z.strictObject({
  /** The expected result in the words of a user. */
  right: z.string(),
  types: z.array(object).default([]),
  /** Applications that are deployed first, so that they can be called. */
  applications: z.array(object).default([]),
  document: object.optional(),
  inputs: object.optional(),
  acts: z.array(act).default([]),
  /** Milliseconds of virtual time that the case takes. */
  for: time.default(300_000),
  /** `CODE POINTER` of each problem for which the document of the first run is refused, or of which it is warned. */
  refused: z.array(z.string()).optional(),
  warned: z.array(z.string()).optional(),
  runs: z.record(z.string(), runExpected).default({}),
  /** The runs in the order in which they ended. */
  finished: z.array(z.string()).optional(),
  calls: z.record(z.string(), callsExpected).default({}),
  /** The images of the deployments on the cluster at the end, by name. */
  images: z.record(z.string(), z.string()).optional(),
});
export type WorkflowCase = z.output<typeof caseShape> & { readonly name: string };
export type RunExpected = z.output<typeof runExpected>;

export function readCases(): readonly WorkflowCase[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => {
      const read = caseShape.safeParse(parse(readFileSync(join(FOLDER, file), "utf8")));
      if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
      return { ...read.data, name: basename(file, ".yaml") };
    });
}
