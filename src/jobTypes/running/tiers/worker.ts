// T2: a service of the team's own does the work; we call it, and it tells us. Nothing of it runs on our cluster.
import { runOnWorker } from "../../../jobs/remote/httpWorker.ts";
import type { Json } from "../../../model/data/json.ts";
import { mapStrings } from "../../../model/document/sealed.ts";
import type { Tier } from "./tier.ts";

export const workerTier: Tier = {
  run(job, { type }) {
    const { metadata, spec } = type.registration;
    if (spec.runtime.tier !== "T2") throw new Error("this is no worker");
    const secret = type.workerSecret(job.project);
    // Over a connection that only the worker can read, and kept by nobody here.
    const opened = { ...job, input: mapStrings(job.input as Json, (text) => job.reveal(text)) }; // checked by its schema: it is JSON
    return runOnWorker(opened, { type: metadata.name, typeVersion: spec.version, url: spec.runtime.url, secret });
  },
  /** The worker is told by the answer to its next sign of life. */
  stop: async () => {},
};
