// The schemas of the API's answers about registered job types. The other answers are in views.ts.
import { z } from "zod";
import { CheckView, FieldView, JsonView, ProblemItem, timestamp } from "./views.ts";

export const ChecksView = z.object({ passed: z.boolean(), checks: z.array(CheckView) });

const standing = z.enum(["draft", "validated", "active", "deprecated"]);

const JobTypeVersionView = z.object({
  version: z.string(),
  standing,
  until: z.string().nullable().meta({ description: "last day on which a deprecated version runs" }),
  replacedBy: z.string().nullable(),
  sampleRun: z.string().nullable().meta({ description: "the sample run that is in progress" }),
  registeredBy: z.string(),
  registeredAt: timestamp,
  changedBy: z.string(),
  changedAt: timestamp,
});

const StopView = z.object({
  kind: z.enum(["disabled", "withdrawn", "quarantined"]),
  project: z.string().nullable().meta({ description: "the project in which it is stopped; null for all projects" }),
  detail: z.string().meta({ description: "the reason: a text of a person, or the stack of an error" }),
  by: z.string(),
  at: timestamp,
});

const GrantView = z.object({
  project: z.string(),
  grants: JsonView,
  unreadable: z
    .string()
    .optional()
    .meta({ description: "pointers of what cannot be read in the grants; runs are refused until it is granted again" }),
  grantedBy: z.string(),
  grantedAt: timestamp,
});

export const JobTypeSummary = z.object({
  name: z.string(),
  owner: z.string().meta({ description: "the project that registered it" }),
  summary: z.string(),
  tier: z.enum(["T1", "T2", "T3"]),
  version: z.string().meta({ description: "the newest version" }),
  state: z.enum([...standing.options, "disabled", "withdrawn", "quarantined"]).meta({
    description: "state of the newest version; disabled, withdrawn and quarantined apply to the whole type",
  }),
  breaker: z.enum(["closed", "open", "half-open"]),
});

export const JobTypeView = JobTypeSummary.extend({
  contact: z.string().optional(),
  versions: z.array(JobTypeVersionView),
  stops: z.array(StopView),
  asks: JsonView.meta({ description: "the capabilities that its newest version asks for" }),
  grants: z
    .array(GrantView)
    .meta({ description: "grants of the project of the request; all grants for an administrator" }),
  checks: z.array(CheckView),
});

/** The same answer is used for forms, editors, `kubemin run TYPE --help` and the documentation page. */
export const JobTypeSchemaView = z.object({
  name: z.string(),
  version: z.string(),
  standing,
  summary: z.string(),
  input: JsonView.meta({ description: "JSON Schema 2020-12; x-ui and x-i18n as registered" }),
  output: JsonView,
  fields: z.array(FieldView),
  outputs: z.array(FieldView),
  examples: z.array(z.object({ title: z.string(), input: JsonView })),
  warnings: z.array(ProblemItem).meta({ description: "warnings for users who run it now" }),
  icon: z.string().optional(),
});

export const JobTypePageView = z.object({
  name: z.string(),
  version: z.string(),
  markdown: z.string(),
});
