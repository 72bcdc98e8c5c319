// The module `kubemin/plugin/test-kit` for authors of plug-ins. Its functions return results or throw, so that any test
// runner can use them.
import { builtins } from "../builtins.ts";
import { createCatalog } from "../catalog/catalog.ts";
import type { JsonObject } from "../model/data/json.ts";
import { translate } from "../model/data/text.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import { checkPack as check } from "./checkPack.ts";
import type { Plugin } from "./contract.ts";
import { manifestsOf, planCase } from "./planCase.ts";

/**
 * All faults for which a server would refuse the pack, as English sentences; an empty list when it is fit for use.
 * Checked for each definition: summary, titles of examples and all fields are in both languages, and unknown fields are
 * refused. Checked for each example: it is valid, it renders the same objects twice, and it shows no secret value.
 */
export function checkPack(pack: unknown, others: readonly Plugin[] = []): readonly string[] {
  return check(pack, others).map(({ text, params }) => translate(text, "en", params));
}

/** Like `checkPack`, but throws an Error with all faults. */
export function assertPack(pack: unknown, others: readonly Plugin[] = []): void {
  const faults = checkPack(pack, others);
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

/**
 * The objects of a document with these packs and the built-in definitions, in deployment order. Throws an Error with
 * its problems.
 */
export function renderDocument(document: JsonObject, ...packs: readonly Plugin[]): readonly Manifest[] {
  const planned = planCase(document, createCatalog(builtins, ...packs));
  if (!planned.ok) throw new Error(planned.problems.join("\n"));
  return manifestsOf(planned.plan);
}
