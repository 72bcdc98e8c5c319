// Plans a document with the facts of an invented cluster, as a server would with a real one. Secret values are replaced
// by recognisable tokens instead of real encryption, so that a secret in plain text can be found in the rendered
// objects.
import type { Catalog } from "../catalog/catalog.ts";
import { isObject, type JsonObject } from "../model/data/json.ts";
import { isSealed, sealedToken } from "../model/document/sealed.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import { explainProblem, type Problem } from "../model/problems/problem.ts";
import type { ClusterFacts, Plan } from "../model/run/plan.ts";
import { checkDocument } from "../plan/check/check.ts";
import { sealDocument } from "../plan/components/seal.ts";
import { planApplication } from "../plan/plan.ts";

type Planned =
  | { readonly ok: true; readonly plan: Plan; readonly leaks: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

const FACTS: ClusterFacts = {
  name: "example",
  kind: "kubernetes",
  version: "v1.34.0",
  kinds: ["apps/Deployment", "networking.k8s.io/Ingress", "gateway.networking.k8s.io/HTTPRoute"],
  ingressClasses: [{ name: "default", default: true }],
  gateways: [{ namespace: "default", name: "default", addresses: [] }],
  storageClasses: [{ name: "standard", default: true, expandable: true }],
};

export function planCase(document: JsonObject, catalog: Catalog): Planned {
  try {
    const secrets: string[] = [];
    const seal = (text: string): string => {
      secrets.push(text);
      return sealedToken(Buffer.from(`sealed ${text}`).toString("base64url"));
    };
    const { application, problems } = checkDocument(sealDocument(structuredClone(document), catalog, seal), catalog);
    if (application === null) return { ok: false, problems: problems.filter(isError).map(sentence) };
    const planned = planApplication({
      application,
      project: "default",
      facts: FACTS,
      previous: null,
      owned: [],
      presentOutside: null,
    });
    if (planned.plan === null) return { ok: false, problems: planned.problems.filter(isError).map(sentence) };
    return { ok: true, plan: planned.plan, leaks: leaksOf(planned.plan, secrets) };
  } catch (error) {
    return { ok: false, problems: [`it throws: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

const isError = (problem: Problem): boolean => problem.severity === "error";

function sentence(problem: Problem): string {
  return `${problem.pointer}: ${explainProblem(problem, "en").message}`;
}

export function manifestsOf(plan: Plan): readonly Manifest[] {
  return plan.jobs.flatMap((job) => job.objects.map((object) => object.manifest));
}

/**
 * Reports values of Secrets that are not sealed, and secrets of the document in plain text in any object. No value is
 * quoted.
 */
function leaksOf(plan: Plan, secrets: readonly string[]): readonly string[] {
  const objects = manifestsOf(plan);
  const open = objects
    .filter(({ kind }) => kind === "Secret")
    .flatMap((object) => ["data", "stringData"].flatMap((field) => unsealed(object, field)));
  const text = JSON.stringify(objects);
  const clear = secrets.some((secret) => secret.length > 3 && text.includes(JSON.stringify(secret).slice(1, -1)));
  return [...open, ...(clear ? ["a rendered object contains a secret value in plain text"] : [])];
}

function unsealed(object: Manifest, field: string): readonly string[] {
  const data = object[field];
  const entries = isObject(data) ? Object.entries(data) : [];
  return entries
    .filter(([, value]) => !isSealed(value))
    .map(([key]) => `Secret ${object.metadata.name}: ${field}.${key} is not sealed: name its path in \`secrets\``);
}
