// Charts rendered by the helm program, as `helm template` does: no cluster, no plugins, no settings of whoever runs the server, no
// shell. Values travel through standard input; the only file that is written is an archive which the document itself brought.
// Not done: fetching charts from repositories and registries.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import { problem } from "../model/problems/problem.ts";
import { ChartError, type ChartRequest, type Charts } from "../ports/charts.ts";
import { fieldOf, locateChart } from "./chartSource.ts";
import { openGate } from "./concurrencyGate.ts";
import { failureOf } from "./failures.ts";
import { runHelm } from "./helmProcess.ts";
import { manifestsIn } from "./manifests.ts";

interface HelmOptions {
  /** Name or path of the helm program. */
  readonly program: string;
  /** Absolute path of the folder with the server's charts; undefined: there are none. */
  readonly folder: string | undefined;
}

/** Charts that are rendered at the same time, over all requests. */
const AT_ONCE = 4;

export function helmCharts(options: HelmOptions): Charts {
  const gate = openGate(AT_ONCE);
  return {
    render: (request, signal) =>
      gate(async () => {
        signal.throwIfAborted();
        const workspace = await mkdtemp(join(tmpdir(), "kubemin-chart-"));
        try {
          return await renderIn(workspace, request, { ...options, signal });
        } finally {
          await rm(workspace, { recursive: true, force: true });
        }
      }),
  };
}

async function renderIn(
  workspace: string,
  request: ChartRequest,
  { program, folder, signal }: HelmOptions & { readonly signal: AbortSignal },
): Promise<readonly Manifest[]> {
  const chart = await locateChart(request.source, { folder, workspace });
  const call = { program, workspace, words: wordsFor(chart, request), input: JSON.stringify(request.values), signal };
  // Twice, because a chart that makes up passwords would change what runs at every deploy without anybody asking for it.
  const outcomes = await Promise.all([runHelm(call), runHelm(call)]);
  const field = fieldOf(request.source);
  const hidden = [workspace, ...(folder === undefined ? [] : [folder])];
  const [first, second] = outcomes.map((outcome) => {
    if (outcome.ok) return manifestsIn(outcome.output, field);
    throw new ChartError(failureOf(outcome, { field, hidden, values: request.values }));
  });
  const restless = differing(first ?? [], second ?? []);
  if (restless.length > 0) throw new ChartError([problem("ChartUnstable", [field], { objects: restless.join(", ") })]);
  return first ?? [];
}

function wordsFor(chart: string, request: ChartRequest): readonly string[] {
  const { release, namespace, kubernetes, apiVersions } = request;
  // A sandbox calls its version "sandbox"; then helm takes the one that it was built for.
  const version = /^v?\d+\.\d+/.test(kubernetes) ? ["--kube-version", kubernetes] : [];
  const served = chunks(apiVersions).flatMap((some) => ["--api-versions", some.join(",")]);
  const fixed = ["--namespace", namespace, "--values", "-", "--include-crds"];
  return ["template", ...fixed, ...version, ...served, "--", release, chart];
}

/** Linux takes 128 KiB in one word of a command, and clusters with a thousand kinds exist. */
function chunks(words: readonly string[], most = 500): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(words.length / most) }, (_, index) =>
    words.slice(index * most, (index + 1) * most),
  );
}

function differing(first: readonly Manifest[], second: readonly Manifest[]): readonly string[] {
  const others = new Set(second.map((one) => JSON.stringify(one)));
  return first.filter((one) => !others.has(JSON.stringify(one))).map((one) => `${one.kind}/${one.metadata.name}`);
}
