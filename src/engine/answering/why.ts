// Answers `kubemin why`: explains the state of an application, of one of its components or steps, or of a run, as a
// chain from what the user sees down to the root cause. Each link explains the one before it.

import type { Language } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { shortRef } from "../../model/kubernetes/manifest.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import { explainReason, type Reason, reason } from "../../model/reasons/reason.ts";
import type { Job } from "../../model/run/run.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type {
  ApplicationHealth,
  ApplicationKey,
  ApplicationStatus,
  CauseLink,
  ComponentStatus,
} from "../contract/requests.ts";
import { isLeftOut } from "../deciding/rootJob.ts";
import { knownRun } from "../steering/cancel.ts";
import { withoutVersion } from "./outdatedComponents.ts";
import { causeOfJob, causeOfRun, type ExplainJob, earlierEvidence, ownReason, subjectOf } from "./rootCause.ts";
import { runNow } from "./runStatus.ts";
import { applicationStatus, type StatusDependencies } from "./status.ts";
import { withRoom } from "./unplacedPods.ts";

export async function explainWhy(
  dependencies: StatusDependencies,
  request: ApplicationKey & { readonly component?: string },
  signal: AbortSignal,
): Promise<readonly CauseLink[]> {
  const status = await applicationStatus(dependencies, request, signal);
  const chain = request.component === undefined ? causeOfAll(status) : causeOf(request.component, status);
  if (chain.length === 0) return [{ subject: request.application, reason: reason("Ready"), evidence: [] }];
  return withRoom(dependencies, { key: request, status, chain }, signal);
}

/** Explains a run, whether or not it belongs to an application, or one of its jobs or steps (`job`). */
export async function explainRun(
  dependencies: Dependencies<"store" | "dispatch" | "clock">,
  request: { readonly project: string; readonly run: string; readonly job?: string },
): Promise<readonly CauseLink[]> {
  const now = await runNow(dependencies, await knownRun(dependencies, request.project, request.run));
  const chain =
    request.job === undefined
      ? causeOfRun(now, ownReason)
      : causeOfJob(knownJob(request.job, now.jobs), now, ownReason);
  if (chain.length === 0)
    return [
      {
        subject: subjectOf(now),
        reason: reason("RunEnded", { run: now.run.number, phase: now.run.phase }),
        evidence: [],
      },
    ];
  return chain;
}

/** What the last run did not do comes before the present health of the objects. */
function causeOfAll(status: ApplicationStatus): readonly CauseLink[] {
  const { lastRun, components } = status;
  const cause = lastRun === null ? [] : causeOfRun(lastRun, explainByStatus(status));
  if (cause.length > 0) return cause;
  const worst = TROUBLE.flatMap((health) => components.find((one) => one.health === health) ?? [])[0];
  return worst === undefined ? [] : ofComponent(worst);
}

const TROUBLE: readonly ApplicationHealth[] = ["degraded", "unknown", "changing", "outdated"];

function causeOf(name: string, status: ApplicationStatus): readonly CauseLink[] {
  const component = status.components.find((one) => one.name === name);
  const { lastRun } = status;
  const jobs = lastRun?.jobs ?? [];
  if (component === undefined || lastRun === null) {
    const names = [...status.components.map((one) => one.name), ...jobs.map((one) => one.name)];
    const step = stepCalled(name, jobs);
    if (component !== undefined) return ofComponent(component);
    if (step === undefined || lastRun === null)
      throw new PlatformError("NotFound", { what: "component", name, known: nearest(name, names) ?? names.join(", ") });
    return causeOfJob(step, lastRun, explainByStatus(status));
  }
  const job = jobs.find((one) => one.plan.component === name && one.phase !== "succeeded");
  // When the status has another reason than the job, it already says more than that the job depends on another one.
  return job === undefined || withoutVersion(component.reason).code !== job.reason.code
    ? ofComponent(component)
    : causeOfJob(job, lastRun, explainByStatus(status));
}

function stepCalled(name: string, jobs: readonly Job[]): Job | undefined {
  const called = jobs.filter((job) => job.name === name || job.plan.step?.path.at(-1) === name);
  return called.find((job) => job.phase !== "succeeded" && !isLeftOut(job)) ?? called[0];
}

export function knownJob(name: string, jobs: readonly Job[]): Job {
  const names = jobs.map((one) => one.name);
  const found = stepCalled(name, jobs);
  if (found !== undefined) return found;
  throw new PlatformError("NotFound", { what: "job", name, known: nearest(name, names) ?? names.join(", ") });
}

/** Describes the job of a component by the status of that component, so that `status` and `why` agree. */
function explainByStatus(status: ApplicationStatus): ExplainJob {
  return (job) => {
    const component = status.components.find((one) => one.name === job.plan.component);
    if (component === undefined || withoutVersion(component.reason).code !== job.reason.code) return ownReason(job);
    const evidence = [...component.evidence, ...earlierEvidence(job)];
    return [{ subject: component.name, reason: component.reason, evidence }];
  };
}

/** The chain of a component whose objects on the cluster say more than any job. */
function ofComponent(component: ComponentStatus): readonly CauseLink[] {
  const link: CauseLink = { subject: component.name, reason: component.reason, evidence: component.evidence };
  const object = component.objects.find((one) => one.state !== "ready" && one.reason.code !== link.reason.code);
  if (object === undefined) return [link];
  return [link, { subject: shortRef(object.ref), reason: object.reason, evidence: object.evidence }];
}

const JOIN: Readonly<Record<Language, { readonly because: string; readonly seen: string; readonly end: string }>> = {
  en: { because: "; ", seen: " — ", end: "." },
  zh: { because: "；", seen: "——", end: "。" },
};

/** One sentence: `web: because migrate did not succeed; migrate: the task exited with code 1 — ERROR no such table.` */
export function causalSentence(chain: readonly CauseLink[], language: Language): string {
  const words = JOIN[language];
  const links = chain.map((link) => `${link.subject}: ${explainReason(link.reason, language)}`);
  const root = chain.at(-1);
  const said = links.join(words.because);
  // A reason may already quote its evidence, which is then not repeated. A log line is always added, because it says
  // more than any reason.
  const quoted = root !== undefined && isQuoting(root.reason);
  const news = (root?.evidence ?? []).filter(
    (one) =>
      one.source === "log" ||
      one.source === "capacity" ||
      // The facts of a decision are listed below the sentence, not in it.
      !(one.source === "decision" || quoted || said.includes(bare(one.text))),
  );
  const last = lastWord(news, language);
  return ended(said + (last === undefined ? "" : words.seen + last), words.end);
}

/** Adds the full stop, unless a text of the user already ends the sentence: `waits for an approval by lin: ship it?` */
function ended(sentence: string, end: string): string {
  return /[.!?。！？]$/.test(sentence) ? sentence : sentence + end;
}

function isQuoting({ params, cause }: Reason): boolean {
  return params["detail"] !== undefined || (cause !== undefined && isQuoting(cause));
}

/** The text without the first word and its colon: `Unhealthy: Readiness probe failed: …` loses `Unhealthy: `. */
function bare(text: string): string {
  return text.trim().replace(/^\S+: /, "");
}

function lastWord(evidence: readonly Evidence[], language: Language): string | undefined {
  const logs = evidence.filter((one) => one.source === "log");
  const room = evidence.filter((one) => one.source === "capacity");
  const chosen = logs.length > 0 ? logs.slice(-1) : room.length > 0 ? room : evidence.slice(0, 1);
  const texts = chosen.map((one) => (one.reason === undefined ? one.text : explainReason(one.reason, language)));
  if (texts.length > 1) return texts.join(" · ");
  return texts[0]
    ?.trim()
    .split("\n")
    .at(-1)
    ?.replace(/[.。]$/, "");
}
