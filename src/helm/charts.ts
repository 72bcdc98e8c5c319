// Renders charts with the helm program (`helm template`), without a cluster, helm plug-ins, a shell, or the settings of
// the user that runs the server. Values are passed through standard input; the only file that is written is an archive
// that the document itself contains. Charts are not fetched from repositories or registries.
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
  /** Absolute path of the folder with the server's charts, or `undefined` when the server offers no charts. */
  readonly folder: string | undefined;
}

/** The number of charts that are rendered at the same time, for all requests together. */
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
  // Rendered twice and compared: a chart that generates passwords would otherwise change the running objects with every
  // deploy.
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
  // The version of a sandbox is "sandbox"; helm then uses the Kubernetes version that it was built for.
  const version = /^v?\d+\.\d+/.test(kubernetes) ? ["--kube-version", kubernetes] : [];
  const served = chunks(apiVersions).flatMap((some) => ["--api-versions", some.join(",")]);
  const fixed = ["--namespace", namespace, "--values", "-", "--include-crds"];
  return ["template", ...fixed, ...version, ...served, "--", release, chart];
}

/** Linux allows 128 KiB per argument of a command, and there are clusters with a thousand kinds. */
function chunks(words: readonly string[], most = 500): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(words.length / most) }, (_, index) =>
    words.slice(index * most, (index + 1) * most),
  );
}

function differing(first: readonly Manifest[], second: readonly Manifest[]): readonly string[] {
  const others = new Set(second.map((one) => JSON.stringify(one)));
  return first.filter((one) => !others.has(JSON.stringify(one))).map((one) => `${one.kind}/${one.metadata.name}`);
}
