// Turns a registered type into a job definition, so that the engine runs it like a built-in job type (src/jobs). Which
// tier does the work comes from a table.
import { defineJob, type JobDefinition } from "../../catalog/define.ts";
import { type JobOutcome, type JobRun, outputTooLarge } from "../../catalog/job.ts";
import type { Json, JsonObject } from "../../model/data/json.ts";
import { isSealed, mapStrings } from "../../model/document/sealed.ts";
import { reason } from "../../model/reasons/reason.ts";
import { lookUp } from "../../plan/workflow/steps/lookUp.ts";
import type { RegisteredType } from "../registration/registeredType.ts";
import type { Runtime } from "../registration/registration.ts";
import { anyObject } from "../registration/shape.ts";
import { leavePlace, runPlace } from "../running/isolated/attempt.ts";
import { isolate } from "../running/isolated/isolate.ts";
import { concurrencyOf, retriesFailures, retryOf, timesOf, withRetries } from "../running/limits.ts";
import { podTier, tellingPodTier } from "../running/tiers/pod.ts";
import type { Tier, TierOrder } from "../running/tiers/tier.ts";
import { workerTier } from "../running/tiers/worker.ts";
import type { TypeDependencies } from "../running/typeDependencies.ts";
import { checkedBy, complaintsOf } from "../schemas/checked.ts";
import { withDefaults } from "../schemas/defaults.ts";
import type { Schemas } from "../schemas/schemas.ts";
import { isSecretAt, secretPaths } from "../schemas/secretPaths.ts";

const TIERS: Readonly<Record<Runtime["tier"], Tier>> = { T1: podTier, T2: workerTier, T3: tellingPodTier };
const NOTHING_PROMISED: JsonObject = { type: "object" };

export function definitionOf(type: RegisteredType, context: TypeDependencies): JobDefinition {
  const { metadata, spec } = type.registration;
  const { schemas } = context;
  const { timeout, clocks } = timesOf(spec);
  const output = spec.output ?? NOTHING_PROMISED;
  const order: TierOrder = { type, isolate: (template, job) => isolate(template, job, { type, context: context }) };
  return defineJob<JsonObject>({
    name: metadata.name,
    summary: spec.summary,
    version: spec.version,
    // Only an object is required here. `check` and `run` check the input against its JSON Schema.
    input: anyObject,
    output: checkedBy(schemas, output, tooLarge),
    schemas: { input: spec.input, output },
    step: {
      examples: spec.examples.map(({ title, input }) => ({
        title: typeof title === "string" ? { en: title, zh: title } : title,
        value: input,
      })),
    },
    secrets: (input) => secretPaths(spec.input, input),
    secrecy: (path) => (isSecretAt(spec.input, path) ? "secret" : "clear"),
    outputSecrets: (value) => secretPaths(output, value),
    outputSecrecy: (path) => (isSecretAt(output, path) ? "secret" : "clear"),
    // A sealed value cannot be checked before the job starts; `run` checks the opened value.
    check: (input) => schemas.check(spec.input, input).filter((one) => !isSealed(lookUp(input, one.pointer))),
    concurrency: (input, { project }) =>
      concurrencyOf(metadata.name, spec, { input: withDefaults(spec.input, input), project }),
    ...(spec.execution?.mode === "sync" ? { answers: true as const } : {}),
    ...(spec.runtime.tier === "T2" ? { target: hostOf(spec.runtime.url) } : {}),
    timeout,
    clocks,
    retry: retryOf(spec),
    ...(retriesFailures(spec) ? {} : { retriesFailures: false as const }),
    run: async (job) => withRetries(await run(job, { order, schemas }), spec),
    release: (job) => release(job, order),
  });
}

function hostOf(url: string): () => string {
  const host = URL.canParse(url) ? new URL(url).host : "";
  return () => host;
}

interface Means {
  readonly order: TierOrder;
  readonly schemas: Schemas;
}

async function run(job: JobRun<JsonObject>, { order, schemas }: Means): Promise<JobOutcome> {
  const { spec } = order.type.registration;
  const opened = mapStrings(job.input, (text) => job.reveal(text));
  const wrong = complaintsOf(schemas, spec.input, opened);
  if (wrong !== "")
    return { phase: "rejected", reason: reason("BadInput", { detail: wrong }), evidence: [], retryable: false };
  const complete = { ...job, input: withDefaults(spec.input, job.input) };
  const outcome = await TIERS[spec.runtime.tier].run(complete, order);
  // After an abort, either the engine calls `release`, or another process continues the attempt and still needs its
  // rights.
  if (!job.signal.aborted) await leavePlace(job, order.type);
  return outcome;
}

async function release(job: JobRun<JsonObject>, order: TierOrder): Promise<void> {
  await TIERS[order.type.registration.spec.runtime.tier].release(runPlace(job));
  await leavePlace(job, order.type);
}

function tooLarge(value: Json): string | null {
  return outputTooLarge(JSON.stringify(value).length);
}
