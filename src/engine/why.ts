// Why an application, or one of its components, stands where it stands: from what is seen down to the root, each link the cause of the one before.

import { PlatformError } from "../model/errors.ts";
import type { Evidence } from "../model/health.ts";
import { shortRef } from "../model/manifest.ts";
import { nearest } from "../model/name.ts";
import { isFailure, isSettled } from "../model/phase.ts";
import { explainReason, type Reason, reason } from "../model/reason.ts";
import type { Job } from "../model/run.ts";
import type { Language } from "../model/text.ts";
import type { ApplicationStatus, CauseLink, ComponentStatus, Place } from "./requests.ts";
import { applicationStatus } from "./status.ts";
import { withRoom } from "./unplaced.ts";
import type { World } from "./world.ts";

export async function explainWhy(
  world: World,
  request: Place & { readonly component?: string },
  signal: AbortSignal,
): Promise<readonly CauseLink[]> {
  const status = await applicationStatus(world, request, signal);
  const run = status.summary.lastRun;
  const jobs = run === null ? [] : await world.store.runs.jobs(run.id);
  const start = request.component === undefined ? mostTroubled(status, jobs) : named(status, request.component);
  if (start === undefined) return [{ subject: request.application, reason: reason("Ready"), evidence: [] }];
  const chain = chainFrom(start, status, jobs);
  return withRoom(world, { place: request, status, chain }, signal);
}

function named(status: ApplicationStatus, name: string): ComponentStatus {
  const found = status.components.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = status.components.map((one) => one.name);
  throw new PlatformError("NotFound", { what: "component", name, known: nearest(name, names) ?? names.join(", ") });
}

/** What failed by itself before what only follows; undefined when nothing is wrong. */
function mostTroubled(status: ApplicationStatus, jobs: readonly Job[]): ComponentStatus | undefined {
  const rank = (one: ComponentStatus): number => {
    const own = jobs.filter((job) => job.plan.component === one.name);
    if (own.some((job) => isFailure(job.phase))) return 0;
    if (one.health === "degraded") return own.some((job) => job.phase === "skipped") ? 3 : 1;
    if (one.health === "unknown") return 2;
    return own.some((job) => !isSettled(job.phase)) ? 4 : 5;
  };
  const [first] = [...status.components].sort((a, b) => rank(a) - rank(b));
  return first === undefined || rank(first) === 5 ? undefined : first;
}

function chainFrom(start: ComponentStatus, status: ApplicationStatus, jobs: readonly Job[]): readonly CauseLink[] {
  const chain: CauseLink[] = [];
  const seen = new Set<string>();
  for (let component: ComponentStatus | undefined = start; component !== undefined && !seen.has(component.name); ) {
    seen.add(component.name);
    const job = troubledJob(component.name, jobs);
    const held = job === undefined ? undefined : heldBy(job, jobs);
    if (job !== undefined && held !== undefined) {
      chain.push({
        subject: component.name,
        reason: reason(job.phase === "skipped" ? "DependencyFailed" : "Dependencies", {
          component: held.name,
          components: held.name,
        }),
        evidence: [],
      });
      const next: string = held.plan.component;
      component = status.components.find((one) => one.name === next);
      if (component === undefined) chain.push({ subject: held.name, reason: held.reason, evidence: held.evidence });
      continue;
    }
    chain.push(...rootOf(component, job));
    component = undefined;
  }
  return chain;
}

function troubledJob(component: string, jobs: readonly Job[]): Job | undefined {
  const own = jobs.filter((job) => job.plan.component === component);
  return own.find((job) => job.phase !== "succeeded") ?? own[0];
}

/** The needed job that keeps this one from starting. */
function heldBy(job: Job, jobs: readonly Job[]): Job | undefined {
  if ((job.phase !== "waiting" && job.phase !== "skipped") || job.reason.code === "ConditionFalse") return undefined;
  const needed = job.plan.needs.map((need) => jobs.find((one) => one.name === need.job));
  return needed.find((one) => one !== undefined && one.phase !== "succeeded" && one.reason.code !== "ConditionFalse");
}

function rootOf(component: ComponentStatus, job: Job | undefined): readonly CauseLink[] {
  const troubled = job !== undefined && job.phase !== "succeeded";
  const link: CauseLink = troubled
    ? { subject: component.name, reason: job.reason, evidence: job.evidence }
    : { subject: component.name, reason: component.reason, evidence: component.evidence };
  const object = component.objects.find((one) => one.state !== "ready" && one.reason.code !== link.reason.code);
  if (troubled || object === undefined) return [link];
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
  // A reason may have quoted its evidence already; a log says more than any reason.
  const quoted = root !== undefined && isQuoting(root.reason);
  const news = (root?.evidence ?? []).filter(
    (one) => one.source === "log" || one.source === "capacity" || !(quoted || said.includes(bare(one.text))),
  );
  const last = lastWord(news, language);
  return said + (last === undefined ? "" : words.seen + last) + words.end;
}

function isQuoting({ params, cause }: Reason): boolean {
  return params["detail"] !== undefined || (cause !== undefined && isQuoting(cause));
}

/** `Unhealthy: Readiness probe failed: …` without the word in front. */
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
