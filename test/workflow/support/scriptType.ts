// A job type as a user registers it: a script in an image that the document names, on the cluster. `more` adds further
// fields of the registration.
import type { JsonObject } from "../../../src/model/data/json.ts";

export function scriptType(name: string, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: "kubemin.dev/v1",
    kind: "JobType",
    metadata: { name },
    spec: {
      version: "1.0.0",
      summary: { en: "Runs a script in an image", zh: "在镜像中运行脚本" },
      input: {
        type: "object",
        properties: {
          image: { type: "string", maxLength: 200, default: "busybox:1.36" },
          script: { type: "string", maxLength: 20000 },
        },
        required: ["script"],
        additionalProperties: false,
      },
      output: { type: "object", additionalProperties: true },
      examples: [{ title: { en: "hello", zh: "问好" }, input: { script: "echo hello" } }],
      runtime: {
        tier: "T1",
        image: "{{input.image}}",
        template: {
          spec: {
            containers: [
              { env: [{ name: "SCRIPT", value: "{{input.script}}" }], command: ["sh", "-c", 'eval "$SCRIPT"'] },
            ],
          },
        },
      },
      ...more,
    },
  };
}
