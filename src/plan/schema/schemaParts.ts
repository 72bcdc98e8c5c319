// JSON Schemas of fields that components and steps share.
import { COMPONENT_NAME_MAX } from "../../model/kubernetes/name.ts";
import { CLOCKS } from "../fields/checkTimes.ts";

export const NAME = {
  type: "string",
  pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$",
  maxLength: COMPONENT_NAME_MAX,
} as const;

export const DURATION = {
  anyOf: [
    { type: "string", pattern: "^\\s*(\\d+(\\.\\d+)?|(\\d+(\\.\\d+)?(ms|s|m|h|d))+)\\s*$" },
    { type: "number", minimum: 0 },
  ],
};

export const RETRY = {
  type: "object",
  additionalProperties: false,
  properties: {
    attempts: {
      type: "integer",
      minimum: 1,
      maximum: 100,
      description: "Number of attempts in total, including the first",
    },
    backoff: { ...DURATION, description: "Wait before the second attempt; it doubles after each attempt" },
  },
};

export const CLOCKS_SCHEMA = {
  type: "object",
  description: "Limits for parts of the time: in a queue, until a node is found, until the start, one attempt",
  zh: "各阶段时限：排队、调度、启动、单次尝试",
  additionalProperties: false,
  properties: Object.fromEntries(CLOCKS.map((name) => [name, DURATION])),
} as const;

export const ON_SHORT = {
  anyOf: [{ enum: ["wait", "fail"] }, { type: "string", pattern: "^wait-then-fail\\(.+\\)$" }],
  description: "What happens when the cluster has no room: wait, fail, or wait-then-fail(30m)",
  zh: "集群资源不足时：wait、fail 或 wait-then-fail(30m)",
};
