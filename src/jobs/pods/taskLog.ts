// The log of a program that runs to its end. It is stored, because the pods are removed later.

import { setImmediate } from "node:timers/promises";
import type { JobRun } from "../../catalog/job.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { ClusterError, type LogLine } from "../../ports/cluster.ts";

/**
 * Lines that are stored per container. With the line that counts the earlier lines, this is the maximum of one answer
 * of the API.
 */
const KEPT_LINES = 9_999;
const AT_ONCE = 250;

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
