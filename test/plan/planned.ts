// Shared by the tests of rendering and planning: the facts of a cluster, and the whole way from a document's text to
// its plan.
import { builtins } from "../../src/builtins.ts";
import { createCatalog } from "../../src/catalog/catalog.ts";
import { isObject, type Json, type JsonObject } from "../../src/model/data/json.ts";
import { sealedToken } from "../../src/model/document/sealed.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { explainProblem } from "../../src/model/problems/problem.ts";
import type { ClusterFacts, Plan } from "../../src/model/run/plan.ts";
import { checkDocument } from "../../src/plan/check/check.ts";
import { sealDocument } from "../../src/plan/components/seal.ts";
import { type PlanInput, type PlanResult, planApplication } from "../../src/plan/plan.ts";
import { readDocument } from "../../src/plan/read/read.ts";

export const catalog = createCatalog({
  name: "kubemin",
  components: builtins.components ?? [],
  traits: builtins.traits ?? [],
  jobs: builtins.jobs ?? [],
});

export const facts: ClusterFacts = {
  name: "test",
  kind: "kubernetes",
  version: "v1.36.3",
  kinds: ["apps/Deployment", "networking.k8s.io/Ingress", "gateway.networking.k8s.io/HTTPRoute"],
  ingressClasses: [{ name: "traefik", default: true }],
  gateways: [{ namespace: "gateways", name: "public", addresses: ["203.0.113.7:80"] }],
  storageClasses: [
    { name: "standard", default: true, expandable: true },
    { name: "fixed", default: false, expandable: false },
  ],
};

/** Replaces the vault: it is deterministic, as the real one is. */
export const seal = (text: string): string => sealedToken(Buffer.from(`sealed ${text}`).toString("base64url"));

export function planOf(document: Json, options: Partial<Omit<PlanInput, "application">> = {}): PlanResult {
  if (!isObject(document)) throw new Error("a document is an object");
  const { application, problems } = checkDocument(sealDocument(document, catalog, seal), catalog);
  if (application === null) return { plan: null, problems };
  return planApplication({
    application,
    project: "default",
    facts,
    previous: null,
    owned: [],
    presentOutside: null,
    ...options,
  });
}

/** Fails the test, with the messages of the problems, when there is no plan. */
export function goodPlan(document: Json, options: Partial<Omit<PlanInput, "application">> = {}): Plan {
  const { plan, problems } = planOf(document, options);
  if (plan === null)
    throw new Error(problems.map((one) => `${one.pointer}: ${explainProblem(one, "en").message}`).join("\n"));
  return plan;
}

export function app(...components: readonly JsonObject[]): JsonObject {
  return { name: "shop", components };
}

export function manifests(plan: Plan): readonly Manifest[] {
  return plan.jobs.flatMap((job) => job.objects.map((object) => object.manifest));
}

export function find(plan: Plan, kind: string, name?: string): Manifest {
  const found = manifests(plan).find((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
  if (found === undefined) throw new Error(`no ${kind} ${name ?? ""} in the plan`);
  return found;
}

export function codes({ problems }: PlanResult): readonly string[] {
  return problems.map((one) => `${one.severity} ${one.code} ${one.pointer}`);
}

export function readExample(text: string): JsonObject {
  const result = readDocument(text, "yaml");
  if (!("value" in result) || !isObject(result.value))
    throw new Error(`the example cannot be read: ${JSON.stringify(result)}`);
  return result.value;
}
