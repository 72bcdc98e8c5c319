// T2: a service of the team's own does the work; we call it, and it tells us. Nothing of it runs on our cluster.
import { runOnWorker } from "../../catalog/tiers/httpWorker.ts";
import type { Tier } from "./tier.ts";

export const workerTier: Tier = {
  run(job, { registration: { metadata, spec } }) {
    if (spec.runtime.tier !== "T2") throw new Error("this is no worker");
    const { url, secret } = spec.runtime;
    return runOnWorker(job, { type: metadata.name, typeVersion: spec.version, url, secret });
  },
  /** The worker is told by the answer to its next sign of life. */
  stop: async () => {},
};
