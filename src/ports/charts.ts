// What the core needs from a renderer of Helm charts. It is asked before planning: planning itself is pure and waits for nobody.
// The same request gives the same manifests; a renderer says so when a chart does not.
import type { JsonObject } from "../model/data/json.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import type { Problem } from "../model/problems/problem.ts";

/** `server`: below the folder that the operator opened. `archive`: the chart's .tgz in base64. */
export type ChartSource =
  | { readonly from: "server"; readonly name: string; readonly version?: string }
  | { readonly from: "archive"; readonly base64: string };

/** What a component asks for, before its secret values are opened. */
export interface ChartWish {
  readonly source: ChartSource;
  readonly release: string;
  readonly values: JsonObject;
  /** Sealed; laid over the values. */
  readonly secretValues: JsonObject;
}

export interface ChartRequest {
  readonly source: ChartSource;
  readonly release: string;
  readonly namespace: string;
  /** In clear: they go to the renderer's standard input and nowhere else. */
  readonly values: JsonObject;
  /** Of the cluster, e.g. v1.36.0; empty: not known. */
  readonly kubernetes: string;
  /** `group/version` and `group/version/Kind`. */
  readonly apiVersions: readonly string[];
}

/** The chart cannot be rendered so. Pointers go from the root of the component's properties. */
export class ChartError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((one) => one.code).join(", "));
    this.name = "ChartError";
    this.problems = problems;
  }
}

export interface Charts {
  /** Everything that the chart makes: hooks and definitions of custom resources too. Throws ChartError. */
  render(request: ChartRequest, signal: AbortSignal): Promise<readonly Manifest[]>;
}
