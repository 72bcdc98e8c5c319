// Registers a job type or a new version of one: it reads the document, runs the checks and stores the version. A
// version that needs no grant is active immediately in its own project. Otherwise it is a draft until an administrator
// grants what it needs.

import type { JsonObject } from "../../model/data/json.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { Problem } from "../../model/problems/problem.ts";
import type { CheckResult } from "../../model/problems/registrationCheck.ts";
import { withPositions } from "../../plan/read/locate.ts";
import { readDocument } from "../../plan/read/read.ts";
import type { RegisteredVersion } from "../../ports/registrations.ts";
import type { Registration } from "../registration/registration.ts";
import { changeEvent } from "../registry/event.ts";
import type { Registry } from "../registry/registry.ts";
import { readableGrants } from "../registry/view.ts";
import { type ClusterChoice, chosenCluster } from "../running/isolated/trialCluster.ts";
import { meansOf } from "./checkAgain.ts";
import type { Candidate } from "./checks/candidate.ts";
import { type Checked, checkRegistration } from "./checks/checkRegistration.ts";
import { RegistrationRefused } from "./refused.ts";

/** Versions are never deleted, and each start of a server reads all of them. */
const MOST_TYPES = 200;
const MOST_VERSIONS = 200;

interface RegisterRequest extends ClusterChoice {
  readonly project: string;
  readonly actor: string;
  readonly text: string;
  readonly format: "json" | "auto";
}

interface RegistrationResult {
  readonly name: string;
  readonly version: string;
  readonly checks: readonly CheckResult[];
}

/** Runs all checks and stores nothing. Throws `RegistrationRefused` only for a text that is not valid JSON or YAML. */
export async function checkType(
  registry: Registry,
  request: RegisterRequest,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const { checked, locate } = await read(registry, { ...request, mayCreate: false }, signal);
  return located(checked.checks, locate);
}

/** The checks with lines and columns of their problems. */
function located(checks: readonly CheckResult[], locate: Read["locate"]): readonly CheckResult[] {
  return checks.map((one) => ({ ...one, problems: locate(one.problems) }));
}

/**
 * Throws `RegistrationRefused`; `TooManyVersions` or `TooManyJobTypes` at a limit; `JobTypeNameTaken` or
 * `JobTypeVersionExists` when another caller registered the name or the version first.
 */
export async function registerType(
  registry: Registry,
  request: RegisterRequest,
  signal: AbortSignal,
): Promise<RegistrationResult> {
  const { checked, locate } = await read(registry, { ...request, mayCreate: true }, signal);
  const { registration, checks } = checked;
  if (registration === null || checks.some((one) => one.result === "failed"))
    throw new RegistrationRefused(located(checks, locate));
  const { name } = registration.metadata;
  checkLimits(registry, request.project, name);
  const stored = storedOf(registry, request, { registration, checks });
  const answer = await registry.dependencies.store.registrations.add(
    stored,
    changeEvent(stored, "registered", request.actor),
  );
  if (answer !== "added") {
    throw answer === "taken"
      ? new PlatformError("JobTypeNameTaken", { type: name })
      : new PlatformError("JobTypeVersionExists", { type: name, version: stored.version });
  }
  await registry.refresh();
  return { name, version: stored.version, checks };
}

interface Read {
  readonly checked: Checked;
  readonly locate: (problems: readonly Problem[]) => readonly Problem[];
}

async function read(
  registry: Registry,
  request: RegisterRequest & { readonly mayCreate: boolean },
  signal: AbortSignal,
): Promise<Read> {
  const document = readDocument(request.text, request.format);
  if (!document.ok) {
    const shape: CheckResult = { check: "shape", result: "failed", problems: document.problems };
    throw new RegistrationRefused([shape]);
  }
  await registry.refresh();
  const cluster = await chosenCluster(registry.dependencies.clusters, request.project, request);
  const around = (registration: Registration): Omit<Candidate, "registration"> => ({
    ...standingOf(registry, request.project, registration),
    cluster,
    mayCreate: request.mayCreate,
  });
  const checked = await checkRegistration(document.value, around, meansOf(registry, signal));
  return { checked, locate: (problems) => withPositions(problems, document.locate) };
}

function standingOf(registry: Registry, project: string, { metadata: { name } }: Registration) {
  const type = registry.view().types.get(name);
  return {
    project,
    owner: type?.owner,
    earlier: type?.versions.map((one) => one.registration) ?? [],
    grants: readableGrants(registry.view(), name, project),
  };
}

function checkLimits(registry: Registry, project: string, name: string): void {
  const { types } = registry.view();
  const own = [...types.values()].filter((one) => one.owner === project);
  const versions = types.get(name)?.versions.length ?? 0;
  if (versions >= MOST_VERSIONS) throw new PlatformError("TooManyVersions", { type: name, limit: MOST_VERSIONS });
  if (versions === 0 && own.length >= MOST_TYPES)
    throw new PlatformError("TooManyJobTypes", { project, limit: MOST_TYPES });
}

function storedOf(
  { dependencies }: Registry,
  { project, actor }: RegisterRequest,
  { registration, checks }: { readonly registration: Registration; readonly checks: readonly CheckResult[] },
): RegisteredVersion {
  const at = dependencies.clock.now().toISOString();
  const { runtime, version, lifecycle = "active" } = registration.spec;
  const sealed =
    runtime.tier === "T2" ? { ...runtime, secret: dependencies.vault.seal(project, runtime.secret) } : runtime;
  const document = { ...registration, spec: { ...registration.spec, runtime: sealed } };
  const granted = checks.some((one) => one.check === "grant" && one.result === "ok");
  return {
    name: registration.metadata.name,
    version,
    owner: project,
    document: JSON.parse(JSON.stringify(document)) as JsonObject, // parsed JSON, without undefined fields
    standing: granted && lifecycle === "active" ? "active" : "draft",
    checks,
    until: null,
    replacedBy: null,
    sampleRun: null,
    registeredBy: actor,
    registeredAt: at,
    changedBy: actor,
    changedAt: at,
  };
}
