// Shared parts of job types that run a program to its end: the mark of the attempt on the Kubernetes Job, and its log,
// which is stored because the pods are removed later.

import { setImmediate } from "node:timers/promises";
import type { JobRun } from "../../catalog/job.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { ClusterError, type LogLine } from "../../ports/cluster.ts";

/**
 * The attempt that created the Job. A restarted attempt needs it to distinguish its own failed Job from the Job of an
 * earlier attempt.
 */
export const ATTEMPT = "kubemin.dev/attempt";
/**
 * Lines that are stored per container. With the line that counts the earlier lines, this is the maximum of one answer
 * of the API.
 */
const KEPT_LINES = 9_999;
const AT_ONCE = 250;

export function marked(manifest: Manifest, mark: string): Manifest {
  return {
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, [ATTEMPT]: mark } },
  };
}

/** `name` is the name of the Kubernetes Job. */
export async function readTaskLog(job: JobRun<unknown>, name: string): Promise<readonly LogLine[]> {
  const { project } = job;
  const owner = {
    project,
    namespace: job.namespace,
    application: writtenName(job.application),
    component: writtenName(job.component),
    job: name,
  };
  const lines: LogLine[] = [];
  try {
    const options = { signal: job.signal, follow: false, tail: KEPT_LINES, countEarlier: true };
    for await (const line of job.cluster.logs(owner, options)) lines.push(line);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    lines.push({ at: job.clock.now().toISOString(), pod: name, container: "", text: `[log lost: ${error.message}]` });
  }
  return lines;
}

export async function keepLog(job: JobRun<unknown>, lines: readonly LogLine[]): Promise<void> {
  for (let at = 0; at < lines.length; at += AT_ONCE) {
    await job.keepLog(lines.slice(at, at + AT_ONCE));
    // SQLite writes synchronously and blocks the event loop, so other work gets a turn between the parts of a long log.
    await setImmediate();
  }
}
