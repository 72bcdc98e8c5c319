// The schema with which a registration is read: which fields are allowed and which values they accept. registration.ts
// says what they mean.
import { z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";
import { parseDuration } from "../../model/document/duration.ts";
import { isTooFewBytes, parseQuantity } from "../../model/kubernetes/quantity.ts";
import { LIFECYCLES, MOST_PODS, REGISTRATION_VERSIONS, type Registration } from "./registration.ts";

/** An object that its own schema checks later. Requests are JSON, so the cast is safe. */
export const anyObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;
const duration = z
  .union([z.string().max(20), z.number().min(0)])
  .refine((text) => parseDuration(text) !== undefined, "a duration such as 30m or 4h")
  .transform(String);
const quantity = z
  .union([z.string().max(40), z.number().min(0)])
  .refine((text) => parseQuantity(text) !== undefined, "a quantity such as 500m or 20Gi")
  .transform(String);
/** Amounts of resources, by name. `memory: 400m` is refused, because it is less than a byte. */
const amounts = (): z.ZodRecord<z.ZodString, typeof quantity> =>
  z
    .record(z.string().min(1).max(200), quantity)
    .refine(
      (all) => ["memory", "ephemeral-storage"].every((name) => !isTooFewBytes(all[name] ?? "0")),
      "memory and disk in bytes, such as 512Mi: 400m is less than one byte",
    );
const word = z.string().min(1).max(200);
const localized = z.union([
  word.transform((text) => ({ en: text, zh: text })),
  z
    .strictObject({ en: word.optional(), zh: word.optional() })
    .transform(({ en, zh }) => ({ en: en ?? zh ?? "", zh: zh ?? en ?? "" })),
]);
const typeName = z
  .string()
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, "lower-case letters, digits and dashes, beginning with a letter")
  .max(50);
const semver = z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/, "a version such as 2.1.0");

const podRuntime = {
  image: z.string().min(1).max(500),
  template: anyObject.optional(),
  targets: z.array(z.string().min(1).max(300)).max(20).optional(),
  args: z.union([z.string().max(10_000), z.array(z.string().max(10_000)).max(100)]).optional(),
};
const podCount = z.union([
  z.int().min(1).max(MOST_PODS),
  z.string().regex(/^\{\{[^{}]+\}\}$/, "a number, or one placeholder such as {{input.pods}}"),
]);
const runtime = z.discriminatedUnion("tier", [
  z.strictObject({ tier: z.literal("T1"), ...podRuntime, pods: podCount.optional() }),
  z.strictObject({ tier: z.literal("T3"), ...podRuntime }),
  z.strictObject({ tier: z.literal("T2"), url: z.url().max(500), secret: z.string().min(16).max(1_000) }),
]);

const spec = z.strictObject({
  version: semver,
  lifecycle: z.enum(LIFECYCLES).optional(),
  summary: localized,
  profile: z.enum(["task", "gpu", "gang", "helm", "ssh", "chaos"]).optional(),
  input: anyObject,
  output: anyObject.optional(),
  examples: z
    .array(z.strictObject({ title: localized.default({ en: "example", zh: "示例" }), input: anyObject }))
    .max(20)
    .default([]),
  runtime,
  execution: z
    .strictObject({
      mode: z.enum(["async", "sync"]).optional(),
      callback: z.enum(["none", "kafka", "webhook", "stream"]).optional(),
      idempotent: z.boolean().optional(),
    })
    .optional(),
  resources: z
    .strictObject({
      default: amounts().optional(),
      max: amounts().optional(),
      gpu: z
        .strictObject({
          resource: word.optional(),
          min: z.int().min(0).optional(),
          max: z.int().min(0).optional(),
          gang: z.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
  timeouts: z
    .strictObject({
      queue: duration.optional(),
      pending: duration.optional(),
      attempt: duration.optional(),
      total: duration.optional(),
      heartbeat: duration.optional(),
    })
    .optional(),
  retry: z
    .strictObject({
      max: z.int().min(0).max(20).optional(),
      backoff: z
        .strictObject({
          base: duration.optional(),
          factor: z.number().min(1).max(10).optional(),
          max: duration.optional(),
          jitter: z.enum(["none", "equal", "full"]).optional(),
        })
        .optional(),
      on: z.array(z.enum(["interrupted", "start_failed", "failed"])).optional(),
    })
    .optional(),
  failureMap: z
    .array(
      z.strictObject({
        exitCode: z.int().min(1).max(255),
        reason: z.string().max(60).optional(),
        domain: z.enum(["job", "config", "dependency", "platform"]).optional(),
        retryable: z.boolean().optional(),
      }),
    )
    .max(100)
    .optional(),
  capabilities: z
    .strictObject({
      network: z.array(word).max(50).optional(),
      secrets: z.array(word).max(50).optional(),
      volumes: z.strictObject({ max: quantity.optional() }).optional(),
      services: z.array(word).max(20).optional(),
      k8s: z.array(word).max(50).optional(),
    })
    .optional(),
  concurrency: z
    .strictObject({
      global: z.int().min(1).max(100_000).optional(),
      perTenant: z.int().min(1).max(100_000).optional(),
      key: z.string().startsWith("/").max(200).optional(),
      onLimit: z.enum(["queue", "cancel", "fail"]).optional(),
    })
    .optional(),
  metrics: z.strictObject({ labels: z.array(word).max(10).optional() }).optional(),
});

export const registrationShape = z.strictObject({
  apiVersion: z.enum(REGISTRATION_VERSIONS),
  kind: z.literal("JobType"),
  metadata: z.strictObject({
    name: typeName,
    owner: z.string().max(100).default(""),
    contact: z.string().max(200).optional(),
    icon: z.string().max(10_000).optional(),
  }),
  spec,
}) as unknown as z.ZodType<Registration>; // zod types absent fields as undefined
