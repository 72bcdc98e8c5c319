// Seals a target for the store, as a whole and under a name that no project can have, so that no document can open it.
import { isObject, type JsonObject } from "../model/data/json.ts";
import type { Vault } from "../ports/vault.ts";

const NO_PROJECT = "*clusters";

export function sealTarget(vault: Vault, target: JsonObject): string {
  return vault.seal(NO_PROJECT, JSON.stringify(target));
}

export function openTarget(vault: Vault, sealed: string): JsonObject {
  const target: unknown = JSON.parse(vault.open(NO_PROJECT, sealed));
  if (!isObject(target)) throw new Error("what was sealed is no target");
  return target;
}
