// Merged logs of the pods of an application or component. With `follow`, pods and containers that appear later are
// included, and the log continues when a container restarts.

import { listAt, numberAt, textAt } from "../model/data/fieldReaders.ts";
import type { JsonObject } from "../model/data/json.ts";
import { logTail } from "../model/data/logTail.ts";
import { LABELS, MANAGED_BY } from "../model/kubernetes/manifest.ts";
import type { Clock } from "../ports/clock.ts";
import type { LogLine, LogOptions, Owner } from "../ports/cluster.ts";
import type { Connection } from "./reach/connection.ts";
import { linesOf } from "./reach/splitLines.ts";
import { isStatus, KubernetesError } from "./refusals/apiError.ts";
import { clusterError } from "./refusals/refusal.ts";
import { type BoundedBuffer, createBoundedBuffer } from "./watches/boundedBuffer.ts";

interface LogDependencies {
  readonly connection: Connection;
  readonly clock: Clock;
}

interface Container {
  readonly namespace: string;
  readonly pod: string;
  readonly name: string;
  /** Key of one life of the container: pod uid, name and restart count. */
  readonly life: string;
}

const CHECK_AGAIN = 1_000;

export async function* readLogs(
  dependencies: LogDependencies,
  owner: Owner,
  options: LogOptions,
): AsyncGenerator<LogLine> {
  if (options.follow) yield* followLogs(dependencies, owner, options);
  else yield* presentLogs(dependencies, owner, options);
}

/** All lines that exist now, sorted by time. */
async function* presentLogs(dependencies: LogDependencies, owner: Owner, options: LogOptions): AsyncGenerator<LogLine> {
  const containers = await startedContainers(dependencies, owner, options);
  const all = await Promise.all(containers.map((one) => presentLines(dependencies, one, options)));
  yield* all.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/**
 * A log that cannot be read (for example because its node does not answer) becomes one line with the error, so that the
 * other logs are still shown.
 */
async function presentLines(
  dependencies: LogDependencies,
  container: Container,
  options: LogOptions,
): Promise<readonly LogLine[]> {
  const { tail, countEarlier, ...everything } = options;
  const counted = tail !== undefined && countEarlier === true;
  const lines = logTail<LogLine>(counted ? tail : Number.POSITIVE_INFINITY);
  try {
    const read = linesFrom(dependencies, container, counted ? everything : options, undefined);
    for await (const line of read) lines.put(line);
  } catch (cause) {
    options.signal.throwIfAborted();
    const text = `[the log of Pod/${container.pod} cannot be read: ${cause instanceof Error ? cause.message : "unknown"}]`;
    lines.put({ pod: container.pod, container: container.name, at: dependencies.clock.now().toISOString(), text });
  }
  return lines.lines();
}

async function* followLogs(dependencies: LogDependencies, owner: Owner, options: LogOptions): AsyncGenerator<LogLine> {
  const abort = new AbortController();
  const signal = AbortSignal.any([options.signal, abort.signal]);
  const queue = createBoundedBuffer<LogLine>(signal);
  void discover({ dependencies, owner, options: { ...options, signal }, queue });
  try {
    yield* queue.items();
  } finally {
    abort.abort();
  }
}

interface Discovering {
  readonly dependencies: LogDependencies;
  readonly owner: Owner;
  readonly options: LogOptions;
  readonly queue: BoundedBuffer<LogLine>;
}

/**
 * Looks for restarted and new containers once a second. This polls because a list by label is cheap and a delay of a
 * second does not matter to a reader.
 */
async function discover({ dependencies, owner, options, queue }: Discovering): Promise<void> {
  const seen = new Set<string>();
  const lastAt = new Map<string, string>();
  while (!options.signal.aborted) {
    try {
      for (const one of await startedContainers(dependencies, owner, options)) {
        if (seen.has(one.life)) continue;
        seen.add(one.life);
        void pump({ dependencies, container: one, options, queue, lastAt, again: () => seen.delete(one.life) });
      }
    } catch (cause) {
      if (options.signal.aborted) return;
      queue.fail(cause);
      return;
    }
    await dependencies.clock.sleep(CHECK_AGAIN, options.signal);
  }
}

interface Pumping {
  readonly dependencies: LogDependencies;
  readonly container: Container;
  readonly options: LogOptions;
  readonly queue: BoundedBuffer<LogLine>;
  readonly lastAt: Map<string, string>;
  /** Makes the next look open this log again, after the last line that arrived. */
  readonly again: () => void;
}

async function pump({ dependencies, container, options, queue, lastAt, again }: Pumping): Promise<void> {
  const key = `${container.pod}/${container.name}`;
  const after = lastAt.get(key);
  try {
    for await (const line of linesFrom(dependencies, container, options, after)) {
      lastAt.set(key, line.at);
      queue.put(line);
    }
  } catch {
    // The pod is gone, or the connection broke or was silent for too long.
    again();
  }
}

async function startedContainers(
  dependencies: LogDependencies,
  owner: Owner,
  options: LogOptions,
): Promise<readonly Container[]> {
  const selector = [
    `${LABELS.managedBy}=${MANAGED_BY}`,
    `${LABELS.application}=${owner.application}`,
    `${LABELS.project}=${owner.project}`,
    ...(owner.component === undefined ? [] : [`${LABELS.kubeminComponent}=${owner.component}`]),
    // Set by the Job controller since Kubernetes 1.27.
    ...(owner.job === undefined ? [] : [`batch.kubernetes.io/job-name=${owner.job}`]),
  ].join(",");
  const path = `/api/v1/namespaces/${encodeURIComponent(owner.namespace)}/pods`;
  try {
    const { body } = await dependencies.connection.call({
      path,
      query: { labelSelector: selector },
      signal: options.signal,
    });
    return listAt(body, "items").flatMap((pod) => containersOf(pod, options.previous === true));
  } catch (cause) {
    if (!(cause instanceof KubernetesError)) throw cause;
    throw clusterError({
      error: cause,
      object: `pods of ${owner.application}`,
      cluster: dependencies.connection.cluster,
      mask: (text) => text,
    });
  }
}

function containersOf(pod: JsonObject, previous: boolean): readonly Container[] {
  const statuses = [...listAt(pod, "status", "initContainerStatuses"), ...listAt(pod, "status", "containerStatuses")];
  return statuses.flatMap((status) => {
    const restarts = numberAt(status, "restartCount");
    const started =
      textAt(status, "state", "running", "startedAt") !== "" ||
      textAt(status, "state", "terminated", "containerID") !== "" ||
      restarts > 0;
    if (!started || (previous && restarts === 0)) return [];
    const [name, uid] = [textAt(status, "name"), textAt(pod, "metadata", "uid")];
    return [
      {
        namespace: textAt(pod, "metadata", "namespace"),
        pod: textAt(pod, "metadata", "name"),
        name,
        life: `${uid}/${name}/${restarts}`,
      },
    ];
  });
}

async function* linesFrom(
  dependencies: LogDependencies,
  container: Container,
  options: LogOptions,
  after: string | undefined,
): AsyncGenerator<LogLine> {
  const query = {
    container: container.name,
    timestamps: true,
    follow: options.follow,
    previous: options.previous === true,
    ...(options.tail === undefined || after !== undefined ? {} : { tailLines: options.tail }),
    ...(after === undefined
      ? options.sinceSeconds === undefined
        ? {}
        : { sinceSeconds: options.sinceSeconds }
      : { sinceTime: after }),
  };
  const path = `/api/v1/namespaces/${encodeURIComponent(container.namespace)}/pods/${encodeURIComponent(container.pod)}/log`;
  let stream: AsyncIterable<Buffer>;
  try {
    stream = await dependencies.connection.stream({ path, query, signal: options.signal });
  } catch (cause) {
    // 400: the container has not started, or has no previous life. 404: the pod is gone.
    if (isStatus(cause, 400) || isStatus(cause, 404)) return;
    throw cause;
  }
  for await (const line of linesOf(stream)) {
    const space = line.indexOf(" ");
    const at = space < 0 ? line : line.slice(0, space);
    if (line === "" || (after !== undefined && at <= after)) continue;
    yield { pod: container.pod, container: container.name, at, text: space < 0 ? "" : line.slice(space + 1) };
  }
}
