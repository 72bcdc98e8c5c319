// The test kit for authors, as `kubemin/plugin/test-kit`: for any test runner, because it only answers or throws.
import { builtins } from "../builtins.ts";
import { createCatalog } from "../catalog/catalog.ts";
import type { JsonObject } from "../model/data/json.ts";
import { translate } from "../model/data/text.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import { checkPack as check } from "./checkPack.ts";
import type { Plugin } from "./contract.ts";
import { manifestsOf, planCase } from "./planCase.ts";

/**
 * Everything that a server would refuse, as sentences; empty when the pack is fit for use. Per definition: summary, examples and every field in
 * both languages, unknown fields refused; each example validates, renders, renders the same twice, and lets no secret out.
 */
export function checkPack(pack: unknown, others: readonly Plugin[] = []): readonly string[] {
  return check(pack, others).map(({ text, params }) => translate(text, "en", params));
}

/** The same as one error. */
export function assertPack(pack: unknown, others: readonly Plugin[] = []): void {
  const faults = checkPack(pack, others);
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

/** The objects that a document renders to with these packs and the built-in definitions, in the order of deployment. Throws its problems. */
export function renderDocument(document: JsonObject, ...packs: readonly Plugin[]): readonly Manifest[] {
  const planned = planCase(document, createCatalog(builtins, ...packs));
  if (!planned.ok) throw new Error(planned.problems.join("\n"));
  return manifestsOf(planned.plan);
}
