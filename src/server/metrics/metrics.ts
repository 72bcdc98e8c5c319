// The response of /metrics in Prometheus' text format; most values are measured when they are asked for. Labels never
// name a run, and name a project only for job types (typeMetrics.ts).
import type { FastifyInstance } from "fastify";
import { countStates } from "../../engine/answering/runStatus.ts";
import { UNFINISHED_STATES } from "../../model/run/runState.ts";
import type { ServerParts } from "../shared/serverParts.ts";
import { sinkMetrics } from "./sinkMetrics.ts";
import { databaseAnswers, inTime } from "./troubles.ts";
import { typeMetrics } from "./typeMetrics.ts";

/** Number of responses since the start, by method and status class. The key is the label part of the sample. */
export type Requests = ReadonlyMap<string, number>;

export function countRequests(app: FastifyInstance): Requests {
  const counts = new Map<string, number>();
  app.addHook("onResponse", async (request, reply) => {
    const key = `method="${request.method}",status="${Math.floor(reply.statusCode / 100)}xx"`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return counts;
}

export async function metricsText(parts: ServerParts, requests: Requests): Promise<string> {
  const { version, streams, waits } = parts;
  const { user, system } = process.cpuUsage();
  const up = await databaseAnswers(parts);
  const stored = up ? await inTime(storedMetrics(parts).catch(() => undefined)) : undefined;
  return [
    ...metric("kubemin_database_up", "gauge", "Whether the database answers", [` ${stored === undefined ? 0 : 1}`]),
    ...(stored ?? []),
    ...(await clusterMetrics(parts)),
    ...metric("kubemin_build_info", "gauge", "Version of the server", [`{version="${version}"} 1`]),
    ...metric("kubemin_streams_open", "gauge", "Event and log streams", [` ${streams.size()}`]),
    ...metric("kubemin_waiting_requests", "gauge", "Requests that wait for the end of a run", [` ${waits.waiting()}`]),
    ...typeMetrics(parts).flatMap((one) => metric(one.name, "gauge", one.help, one.samples)),
    ...metric(
      "kubemin_http_requests_total",
      "counter",
      "Answers since the start",
      [...requests].map(([labels, count]) => `{${labels}} ${count}`),
    ),
    ...metric("process_resident_memory_bytes", "gauge", "Resident memory", [` ${process.memoryUsage.rss()}`]),
    ...metric("process_cpu_seconds_total", "counter", "User and system CPU", [` ${(user + system) / 1e6}`]),
    ...metric("nodejs_eventloop_lag_seconds", "gauge", "How late the event loop is right now", [
      ` ${await eventLoopLag()}`,
    ]),
    "",
  ].join("\n");
}

/** Metrics from the database; left out while it does not answer. */
async function storedMetrics({ dependencies }: ServerParts): Promise<readonly string[]> {
  const unfinished = await dependencies.store.runs.unfinished();
  const states = await countStates(dependencies, unfinished);
  return [
    ...metric("kubemin_runs_unfinished", "gauge", "Runs that have not ended", [` ${unfinished.length}`]),
    ...metric(
      "kubemin_runs_by_state",
      "gauge",
      "Runs that have not ended, by what they do now",
      UNFINISHED_STATES.map((state) => `{state="${state}"} ${states.get(state) ?? 0}`),
    ),
    ...(await sinkMetrics(dependencies)).flatMap((one) => metric(one.name, "gauge", one.help, one.samples)),
  ];
}

async function clusterMetrics({ dependencies }: ServerParts): Promise<readonly string[]> {
  const entries = dependencies.clusters.entries();
  const pulses = await Promise.all(entries.map((entry) => entry.pulse()));
  const sample = (value: (index: number) => boolean): readonly string[] =>
    entries.map(({ name }, index) => `{cluster="${name.replaceAll(/[^\w.-]/g, "_")}"} ${value(index) ? 1 : 0}`);
  return [
    ...metric("kubemin_cluster_up", "gauge", "Whether the cluster answers", [
      ...sample((index) => pulses[index]?.reachable === true),
    ]),
    ...metric("kubemin_cluster_breaker_open", "gauge", "Whether calls to the cluster are held back", [
      ...sample((index) => entries[index]?.breaker === "open"),
    ]),
  ];
}

function metric(name: string, type: "gauge" | "counter", help: string, samples: readonly string[]): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map((sample) => name + sample)];
}

async function eventLoopLag(): Promise<number> {
  const start = process.hrtime.bigint();
  await new Promise((resolve) => setImmediate(resolve));
  return Number(process.hrtime.bigint() - start) / 1e9;
}
