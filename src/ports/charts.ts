// The interface to a renderer of Helm charts; src/helm implements it. Charts are rendered before planning, because
// planning is a pure function. The same request must give the same manifests; the renderer reports a chart that does
// not.
import type { JsonObject } from "../model/data/json.ts";
import type { Manifest } from "../model/kubernetes/manifest.ts";
import type { Problem } from "../model/problems/problem.ts";

/** `server`: a chart in the folder that the operator allows. `archive`: the .tgz of the chart in base64. */
export type ChartSource =
  | { readonly from: "server"; readonly name: string; readonly version?: string }
  | { readonly from: "archive"; readonly base64: string };

/** The chart that a component asks for, before its secret values are opened. */
export interface ComponentChart {
  readonly source: ChartSource;
  readonly release: string;
  readonly values: JsonObject;
  /** Sealed values, which override `values`. */
  readonly secretValues: JsonObject;
}

export interface ChartRequest {
  readonly source: ChartSource;
  readonly release: string;
  readonly namespace: string;
  /**
   * All values in clear text, the secret ones included. They are only written to the standard input of the renderer.
   */
  readonly values: JsonObject;
  /** Version of the cluster, e.g. v1.36.0. Empty when it is not known. */
  readonly kubernetes: string;
  /** API versions of the cluster: `group/version` and `group/version/Kind`. */
  readonly apiVersions: readonly string[];
}

/**
 * The error for a chart that cannot be rendered with this request. Pointers begin at the properties of the component.
 */
export class ChartError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((one) => one.code).join(", "));
    this.name = "ChartError";
    this.problems = problems;
  }
}

export interface Charts {
  /** Renders all objects of the chart, including hooks and CustomResourceDefinitions. Throws `ChartError`. */
  render(request: ChartRequest, signal: AbortSignal): Promise<readonly Manifest[]>;
}
