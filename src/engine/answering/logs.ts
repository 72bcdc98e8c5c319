// Reads the log lines of an application: from its pods while there are pods, otherwise the stored log of the task.
import { PlatformError } from "../../model/errors/errors.ts";
import { nearest } from "../../model/kubernetes/name.ts";
import type { LogLine, LogOptions } from "../../ports/cluster.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey } from "../contract/requests.ts";
import { knownCluster } from "../planning/chooseCluster.ts";
import { applicationMask } from "../secrets/masking.ts";
import { knownApplication } from "../starting/deleteApplication.ts";
import { knownRevision } from "../starting/revisions.ts";

export async function readLogs(
  dependencies: Dependencies<"store" | "clusters" | "vault">,
  request: ApplicationKey & { readonly component?: string },
  options: LogOptions,
): Promise<AsyncIterable<LogLine>> {
  const current = await knownApplication(dependencies, request);
  const { document } = await knownRevision(dependencies, request, current.revision);
  const names = document.components.map((one) => one.name);
  const { component } = request;
  if (component !== undefined && !names.includes(component)) {
    throw new PlatformError("NotFound", {
      what: "component",
      name: component,
      known: nearest(component, names) ?? names.join(", "),
    });
  }
  const cluster = await knownCluster(dependencies, current.cluster);
  const owner = {
    project: request.project,
    namespace: current.namespace,
    application: current.name,
    ...(component === undefined ? {} : { component }),
  };
  return masked(dependencies, request, orKept(dependencies, request, cluster.logs(owner, options), options));
}

/**
 * Masks secrets. The mask is built again for each new pod, which may print values that were deployed after the reading
 * began.
 */
async function* masked(
  dependencies: Dependencies<"store" | "vault">,
  key: ApplicationKey,
  lines: AsyncIterable<LogLine>,
): AsyncIterable<LogLine> {
  let mask = await applicationMask(dependencies, key);
  const pods = new Set<string>();
  for await (const line of lines) {
    if (!pods.has(line.pod) && pods.size > 0) mask = await applicationMask(dependencies, key);
    pods.add(line.pod);
    yield { ...line, text: mask.text(line.text) };
  }
}

async function* orKept(
  { store }: Dependencies<"store">,
  request: ApplicationKey & { readonly component?: string },
  live: AsyncIterable<LogLine>,
  options: LogOptions,
): AsyncIterable<LogLine> {
  let any = false;
  for await (const line of live) {
    any = true;
    yield line;
  }
  if (any || request.component === undefined) return;
  const run = await store.logs.latestRun(request.project, request.application, request.component);
  if (run !== null) yield* await store.logs.read(run, request.component, options.tail ?? 10_000);
}
