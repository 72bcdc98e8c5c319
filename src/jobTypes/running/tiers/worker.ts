// The tier T2: an external worker, the team's own HTTP service, does the job. src/jobs/remote/httpWorker.ts calls it.
// kubemin runs no pod for it.
import { runOnWorker } from "../../../jobs/remote/httpWorker.ts";
import type { Json } from "../../../model/data/json.ts";
import { mapStrings } from "../../../model/document/sealed.ts";
import type { Tier } from "./tier.ts";

export const workerTier: Tier = {
  run(job, { type }) {
    const { metadata, spec } = type.registration;
    if (spec.runtime.tier !== "T2") throw new Error("this is no worker");
    const secret = type.workerSecret(job.project);
    // The opened secrets are sent over a connection that only the worker can read. They are not stored.
    const opened = { ...job, input: mapStrings(job.input as Json, (text) => job.reveal(text)) }; // its schema only accepts JSON
    return runOnWorker(opened, { type: metadata.name, typeVersion: spec.version, url: spec.runtime.url, secret });
  },
  /** The answer to its next heartbeat tells the worker to stop. */
  release: async () => {},
};
