// The workflow of a document as JSON Schema: definitions for the schema of the whole document. The schema accepts a
// reference at every place of a step's properties that can have one.
import type { JobDefinition } from "../../catalog/define.ts";
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { LIMITS, WORKFLOW_MODES } from "../../model/document/document.ts";
import { LOCK_KINDS } from "../../model/run/plan.ts";
import { INPUT_TYPES } from "../workflow/check/checkInputs.ts";
import { ON_LIMIT } from "../workflow/check/checkLocks.ts";
import { inputSchema } from "../workflow/steps/jobSchemas.ts";
import { STEP_FIELDS, STEP_SUMMARIES, STRUCTURES, type StepKind, type StepTypes } from "../workflow/steps/stepKinds.ts";
import { embedSchema } from "./embedSchema.ts";
import { CLOCKS_SCHEMA, DURATION, NAME, ON_SHORT, RETRY } from "./schemaParts.ts";

const REFERENCE = { $ref: "#/$defs/reference" };
const MODE = {
  enum: [...WORKFLOW_MODES],
  description: "Steps run one after the other, or in the order of their needs",
  zh: "依次执行，或按相互依赖执行",
};

/** `explain` keeps the annotation `zh`; `editor` drops it. */
export function workflowSchemas(types: StepTypes, reader: "editor" | "explain"): JsonObject {
  const schemas = allSchemas(types);
  return reader === "explain" ? schemas : mapped(schemas, plain);
}

function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "zh" || value["description"] === undefined);
  return Object.fromEntries(kept.map(([key, inner]) => [key, plain(inner ?? {})] as const));
}

function allSchemas(types: StepTypes): JsonObject {
  const jobs = [...types.values()].filter((one) => one.step !== undefined);
  return {
    workflow: WORKFLOW,
    step: stepSchema(jobs),
    lock: LOCK,
    reference: {
      type: "object",
      description: "A value that becomes known later: { $from: /steps/NAME/outputs/…, default: … }",
      zh: "稍后才知道的值：{ $from: /steps/名称/outputs/…, default: … }",
      required: ["$from"],
      additionalProperties: false,
      properties: { $from: { type: "string", pattern: "^/" }, default: {} },
    },
    ...Object.assign({}, ...jobs.map((job) => embedSchema(`step.${job.name}`, job, openSchema(inputSchema(job))))),
  };
}

const STEPS = { type: "array", minItems: 1, maxItems: LIMITS.steps, items: { $ref: "#/$defs/step" } };

const WORKFLOW = {
  type: "object",
  description: "The order of the components, and other work",
  zh: "组件的顺序，以及组件之外的工作",
  required: ["steps"],
  additionalProperties: false,
  properties: {
    mode: { ...MODE, default: "StepByStep" },
    inputs: {
      type: "object",
      description: "Values that can be given when the workflow is started",
      zh: "启动工作流时可以给出的值",
      additionalProperties: {
        type: "object",
        required: ["type"],
        additionalProperties: false,
        properties: {
          type: { enum: [...INPUT_TYPES] },
          description: { type: "string" },
          secret: {
            type: "boolean",
            description: "Sealed on arrival and never shown; the type must be string",
            zh: "收到即加密，从不显示；类型须为 string",
          },
          default: { description: "Default; without it, a value must be given", zh: "默认值；不写则启动时必须给出" },
        },
      },
    },
    steps: STEPS,
    finally: {
      ...STEPS,
      description: "Steps that run when everything else has ended, whatever the outcome",
      zh: "其余步骤全部结束后执行的步骤，无论结果如何",
    },
  },
};

const FIELDS: JsonObject = {
  name: { ...NAME, description: "Name of the step, unique in the whole workflow", zh: "步骤名，在整个工作流中唯一" },
  properties: { type: "object", description: "Properties of the step; see its type", zh: "步骤的参数，取决于类型" },
  dependsOn: {
    type: "array",
    items: { type: "string" },
    description: "Steps that must succeed before this one",
    zh: "必须先成功的步骤",
  },
  if: {
    type: "string",
    description: "Condition; the step is skipped unless it is true, e.g. /steps/test/outputs/score >= 0.9",
    zh: "条件不成立则跳过，如 /steps/test/outputs/score >= 0.9",
  },
  timeout: { ...DURATION, description: "Time limit for everything together, e.g. 10m", zh: "总时限，如 10m" },
  retry: RETRY,
  forEach: {
    anyOf: [{ type: "array" }, REFERENCE],
    description: "Runs once for each value, which is /item",
    zh: "对每个值执行一次，值为 /item",
  },
  subSteps: { ...STEPS, description: "For a group: its steps", zh: "用于分组：其中的步骤" },
  mode: { ...MODE, description: "For a group; default: DAG", zh: "用于分组，默认 DAG" },
  clocks: CLOCKS_SCHEMA,
  locks: {
    type: "array",
    description: "Locks that are held while it runs, so that no other step works on the same thing",
    zh: "执行期间持有的锁，期间其他步骤不会操作同一对象",
    items: { $ref: "#/$defs/lock" },
  },
  onShort: ON_SHORT,
};

const LOCK = {
  type: "object",
  description: "Exactly one of component, release, host, key",
  zh: "component、release、host、key 之一",
  additionalProperties: false,
  oneOf: LOCK_KINDS.map((kind) => ({ required: [kind] })),
  properties: {
    component: {
      type: "string",
      description: "A component of this application, or of another one",
      zh: "本应用或其他应用的组件",
    },
    application: { type: "string", description: "Application of the component", zh: "组件所属应用" },
    release: {
      anyOf: [{ type: "string" }, REFERENCE],
      description: "A Helm release in the namespace",
      zh: "命名空间中的 Helm release",
    },
    host: { anyOf: [{ type: "string" }, REFERENCE], description: "A machine", zh: "主机" },
    key: {
      anyOf: [{ type: "string" }, REFERENCE],
      description: "Any name that the authors agree on",
      zh: "各方约定的名称",
    },
    shared: {
      type: "boolean",
      description: "Can be held together with others that share it",
      zh: "可与其他共享者并存",
    },
    limit: {
      type: "integer",
      minimum: 1,
      default: 1,
      description: "How many may hold it at the same time",
      zh: "允许同时持有的数量",
    },
    onLimit: {
      enum: [...ON_LIMIT],
      default: "queue",
      description: "What happens when the limit is reached: wait, cancel the run that holds it, or fail",
      zh: "达到上限时：等待、取消持有锁的运行或失败",
    },
  },
};

function stepSchema(jobs: readonly JobDefinition[]): JsonObject {
  const types = [...STRUCTURES.map((name) => ({ name, summary: STEP_SUMMARIES[name] })), ...jobs];
  const type = {
    type: "string",
    description: "Type of the step",
    zh: "步骤类型",
    enum: types.map((one) => one.name),
    markdownEnumDescriptions: types.map((one) => `${one.summary.en}\n\n${one.summary.zh}`),
  };
  return {
    type: "object",
    required: ["name", "type"],
    additionalProperties: false,
    properties: { type, ...FIELDS },
    allOf: [...STRUCTURES.map((name) => rule(name, name, STRUCTURE_RULES[name])), ...jobs.map(jobRule)],
  };
}

const NAMES = { type: "array", minItems: 1, items: { type: "string" } };
const STRUCTURE_RULES: Readonly<Record<(typeof STRUCTURES)[number], JsonObject>> = {
  deploy: {
    properties: {
      properties: {
        oneOf: [{ required: ["components"] }, { required: ["policies"] }],
        additionalProperties: false,
        properties: {
          components: { anyOf: [{ const: "all" }, NAMES] },
          policies: {
            anyOf: [{ const: "all" }, NAMES],
            description: "Another name for components",
            zh: "components 的别名",
          },
        },
      },
    },
    required: ["properties"],
  },
  group: { required: ["subSteps"] },
  workflow: {
    properties: {
      properties: {
        required: ["application"],
        additionalProperties: false,
        properties: { application: { type: "string" }, inputs: { type: "object" } },
      },
    },
    required: ["properties"],
  },
};

function jobRule(job: JobDefinition): JsonObject {
  const needed = job.input.safeParse({}).success ? [] : ["properties"];
  const properties = { properties: { $ref: `#/$defs/step.${job.name}` } };
  return rule(job.name, "job", { properties, required: needed });
}

function rule(type: string, kind: StepKind, consequence: JsonObject): JsonObject {
  const foreign = Object.keys(FIELDS).filter((name) => !STEP_FIELDS[kind].includes(name));
  const without = Object.fromEntries(foreign.map((name) => [name, false] as const));
  const properties = isObject(consequence["properties"]) ? consequence["properties"] : {};
  return {
    if: { properties: { type: { const: type } }, required: ["type"] },
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's keyword; nothing awaits a schema
    then: { ...consequence, properties: { ...without, ...properties } },
  };
}

/**
 * Every place inside accepts a reference as well. `oneOf` becomes `anyOf`, because a reference fits more than one
 * alternative.
 */
function openSchema(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) => {
      if (value === undefined) return [];
      if (key === "properties" || key === "patternProperties") return [[key, each(value, withReference)] as const];
      if (key === "$defs") return [[key, each(value, opened)] as const];
      if (key === "additionalProperties" || key === "items") return [[key, withReference(value)] as const];
      if (key === "prefixItems") return [[key, list(value, withReference)] as const];
      if (key === "anyOf" || key === "allOf") return [[key, list(value, opened)] as const];
      return key === "oneOf" ? [["anyOf", list(value, opened)] as const] : [[key, value] as const];
    }),
  );
}

function opened(value: Json): Json {
  return isObject(value) ? openSchema(value) : value;
}

function withReference(value: Json): Json {
  return isObject(value) ? { anyOf: [openSchema(value), REFERENCE] } : value;
}

function mapped(value: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner ?? {})] as const));
}

function each(value: Json, change: (value: Json) => Json): Json {
  return isObject(value) ? mapped(value, change) : value;
}

function list(value: Json, change: (value: Json) => Json): Json {
  return Array.isArray(value) ? value.map((one: Json) => change(one)) : value;
}
