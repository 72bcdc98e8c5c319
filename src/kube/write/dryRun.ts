// A dry run of an apply: whether the API server would accept the object, and what it would store after defaults and
// webhooks. It changes nothing. src/kube/write/dryRunDifference.ts compares the result with the live object.

import { mapStrings } from "../../model/document/sealed.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { type ApplyOptions, ClusterError, type DryRun } from "../../ports/cluster.ts";
import { type Api, applyObject } from "./apply.ts";
import { revealObject } from "./reveal.ts";

/** Number of dry runs. Another writer's change in between says nothing about the object, so the dry run is repeated. */
const ATTEMPTS = 4;

/** An unreachable cluster is not a refusal: that error is thrown. */
export async function dryRun(api: Api, object: Manifest, options: ApplyOptions): Promise<DryRun> {
  for (let count = 1; ; count += 1) {
    try {
      const { stored } = await applyObject(api, { object, options, dryRun: true });
      return { admitted: masked(stored, object, options) };
    } catch (cause) {
      if (!(cause instanceof ClusterError) || cause.reason.code === "ClusterUnreachable") throw cause;
      if (cause.reason.code !== "ChangedBehindUs") return { refused: cause.refusal };
      if (count === ATTEMPTS) return { admitted: object };
    }
  }
}

/** Callers keep the result, so it must not contain the secret values that were opened for the request. */
function masked(stored: Manifest, object: Manifest, { reveal }: ApplyOptions): Manifest {
  const { mask } = revealObject(object, reveal);
  return mapStrings(stored, mask) as Manifest; // only strings change, so it still has the shape of a manifest
}
