// What job types that run a program to its end have in common: whose Job it is, and its log, kept because pods do not stay.

import { setImmediate } from "node:timers/promises";
import type { JobRun } from "../../catalog/job.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { ClusterError, type LogLine } from "../../ports/cluster.ts";

/** Which attempt made the Job. Without it a restarted attempt could not tell its own failed Job from one of an earlier attempt. */
export const ATTEMPT = "kubemin.dev/attempt";
/** Of each container. With the line that says how many there were before, as many as one answer of the API holds. */
const KEPT_LINES = 9_999;
const AT_ONCE = 250;

export function marked(manifest: Manifest, mark: string): Manifest {
  return {
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, [ATTEMPT]: mark } },
  };
}

/** `name`: of the Job. */
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
    // An embedded store writes without giving way: a flood of lines must not hold up everybody else.
    await setImmediate();
  }
}
