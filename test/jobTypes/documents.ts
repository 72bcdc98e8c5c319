// Small valid registrations, as teams write them, with the changes that a test needs.
import type { JsonObject } from "../../src/model/data/json.ts";

let counter = 0;

/** A name that no other test uses. */
export function newName(prefix = "type"): string {
  return `${prefix}-${++counter}`;
}

export function aDocument(name: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: "kubemin.dev/v1",
    kind: "JobType",
    metadata: { name },
    spec: {
      version: "1.0.0",
      summary: { en: "Says hello", zh: "问好" },
      input: {
        type: "object",
        properties: {
          who: { type: "string", maxLength: 40, description: "Whom to greet" },
          times: { type: "integer", minimum: 1, maximum: 5, default: 1 },
        },
        required: ["who"],
        additionalProperties: false,
      },
      output: { type: "object" },
      examples: [{ title: "the world", input: { who: "world" } }],
      runtime: { tier: "T1", image: "busybox:1.36", args: ["echo", "hello {{input.who}}"] },
      ...spec,
    },
  };
}
