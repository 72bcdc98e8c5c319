// Prints a plan: the changes, the order of the jobs, and the warnings.

import { stringify } from "yaml";
import type { z } from "zod";
import type { PlanView } from "../../api/planViews.ts";
import type { Json } from "../../model/data/json.ts";
import type { Language } from "../../model/data/text.ts";
import { maskSealed } from "../../model/document/sealed.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import type { Plan as OfflinePlan } from "../../model/run/plan.ts";
import { stepFacts } from "../../plan/workflow/expand/describe.ts";
import type { CommandContext } from "../grammar/command.ts";
import { printProblems, type SourceText, toItem } from "../output/problems.ts";
import { clusterLabel } from "../output/sandbox.ts";
import { type Paint, painter } from "../terminal/style.ts";
import { oneLine } from "../terminal/width.ts";
import { changes, changesSummary, changeText, isTold, objectName } from "./changes.ts";
import { graphLines } from "./graph.ts";

export type ApiPlan = z.output<typeof PlanView>;

function planHead(context: CommandContext, plan: ApiPlan): string {
  const where = clusterLabel(context, { name: plan.cluster, kind: plan.clusterKind });
  return context.say(
    {
      en: "{name} in namespace {namespace} on {where}: {summary}, {jobs}",
      zh: "{name}，命名空间 {namespace}，{where}：{summary}，{jobs}",
    },
    {
      name: plan.application,
      namespace: plan.namespace,
      where,
      summary: changesSummary(context, plan.changes),
      jobs: context.say(
        { en: plan.jobs.length === 1 ? "1 job" : "{n} jobs", zh: "{n} 个作业" },
        { n: plan.jobs.length },
      ),
    },
  );
}

/** The order of the jobs: `redis → migrate → web ∥ worker`. */
function orderText(plan: ApiPlan): string {
  return plan.layers
    .map((layer) => (layer.length > 8 ? `${layer.slice(0, 7).join(" ∥ ")} ∥ … (${layer.length})` : layer.join(" ∥ ")))
    .join(" → ");
}

function planText(context: CommandContext, plan: ApiPlan, paint: Paint): string {
  const changed = changes(plan.changes);
  const told = plan.changes.filter((one) => isTold(one) && !changed.includes(one));
  const order = plan.layers.length === 0 ? "" : `${context.say({ en: "Order", zh: "顺序" })}: ${orderText(plan)}\n`;
  return [
    `${paint("strong", planHead(context, plan))}\n`,
    ...[...changed, ...told].map((change) => changeText(context, change, paint)),
    ...graphLines(context, plan).map((line) => `${line}\n`),
    order,
  ].join("");
}

/** Shows a plan before it is deployed, on stderr: stdout is for the result of the run. */
export function showPlan(context: CommandContext, plan: ApiPlan, source: SourceText | undefined): void {
  const { stderr } = context.terminal;
  stderr.write(planText(context, plan, painter(context.terminal, stderr)));
  if (plan.warnings.length > 0) printProblems(context, source ?? { file: plan.application, text: "" }, plan.warnings);
}

/** Prints a plan as data: as text on a terminal, otherwise as one tab-separated line per change. */
export function printPlan(context: CommandContext, plan: ApiPlan): void {
  const { stdout } = context.terminal;
  if (stdout.isTTY) return stdout.write(planText(context, plan, painter(context.terminal, stdout)));
  context.terminal.stderr.write(
    `${planHead(context, plan)}\n${context.say({ en: "Order", zh: "顺序" })}: ${orderText(plan)}\n`,
  );
  for (const line of graphLines(context, plan)) context.terminal.stderr.write(`${line}\n`);
  // Facts that have no column: which field manager changed an object on the cluster, and whether a task runs.
  const paint = painter(context.terminal, context.terminal.stderr);
  for (const change of plan.changes.filter((one) => isTold(one) && one.action !== "keep"))
    context.terminal.stderr.write(changeText(context, change, paint));
  for (const change of plan.changes) {
    const fields = change.fields.map((field) => field.path).join(",");
    const columns = [
      change.action,
      change.class,
      change.component,
      objectName(change),
      fields,
      change.disruption ?? "",
    ];
    stdout.write(`${columns.map(oneLine).join("\t")}\n`);
  }
}

/** The rendered objects as YAML for reading. Secret values are masked, so the objects cannot be applied. */
export function objectsYaml(plan: ApiPlan): string {
  const manifests = plan.jobs.flatMap((job) => job.objects.map((one) => maskSealed(one.manifest as Json))); // a manifest is JSON
  return manifests.map((manifest) => `---\n${stringify(manifest)}`).join("");
}

/** A plan that was computed offline, in the API's format. */
export function offlineView(plan: OfflinePlan, language: Language): ApiPlan {
  const masked = (value: unknown): unknown => (value === undefined ? undefined : maskSealed(value as Json)); // plans hold JSON only
  return {
    application: plan.application,
    namespace: plan.namespace,
    cluster: plan.cluster,
    clusterKind: "none",
    jobs: plan.jobs.map((job) => ({
      name: job.name,
      type: job.type,
      component: writtenName(job.component),
      needs: [...job.needs],
      objects: job.objects.map(({ manifest, keep }) => ({ manifest: { ...maskSealed(manifest) }, keep })),
      timeout: job.timeout,
      attempts: job.retry.attempts,
      ...stepFacts(job),
    })),
    layers: plan.layers.map((layer) => [...layer]),
    changes: plan.changes.map((change) => ({
      ...change,
      component: writtenName(change.component),
      fields: change.fields.map(({ path, before, after }) => ({ path, before: masked(before), after: masked(after) })),
    })),
    warnings: plan.warnings.map((one) => toItem(one, language)),
    hash: plan.hash,
  };
}
