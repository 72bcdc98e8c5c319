// Renders the charts of an application. This happens between checking and planning, because planning is pure; the
// renderer itself is in src/helm. Secret values are opened only for the renderer. In the Secret objects that it creates
// they are sealed again; in any other object they are a problem.
import { inBatches } from "../../model/data/batches.ts";
import { dig, isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { fromPointer, toPointer } from "../../model/data/pointer.ts";
import { isSealed, mapStrings } from "../../model/document/sealed.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import { brokenRule, type Problem, problem } from "../../model/problems/problem.ts";
import type { ClusterFacts } from "../../model/run/plan.ts";
import type { ResolvedApplication, ResolvedComponent } from "../../plan/components/resolvedApplication.ts";
import { ChartError, type ComponentChart } from "../../ports/charts.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import { clearIn, sealedData } from "../secrets/chartSecrets.ts";
import { textMask } from "../secrets/masking.ts";

interface ChartInput {
  readonly application: ResolvedApplication;
  readonly project: string;
  readonly facts: ClusterFacts;
}

interface Expanded {
  readonly application: ResolvedApplication;
  readonly problems: readonly Problem[];
}

/** The application with its charts rendered. When a problem is an error, the application must not be planned. */
export async function renderCharts(
  dependencies: Dependencies<"vault" | "charts">,
  target: ChartInput,
  signal: AbortSignal,
): Promise<Expanded> {
  const problems: Problem[] = [];
  const components = await inBatches(target.application.components, async (component) => {
    const chart = component.definition.chart?.(component.properties, { component: component.name });
    if (chart === undefined) return component;
    const found = await renderOne(dependencies, { ...target, component, chart }, signal);
    // The pointers of the problems are below the properties of the component, as those of its own checks.
    const below = `${component.pointer}/properties`;
    problems.push(...found.problems.map((one) => ({ ...one, pointer: below + one.pointer })));
    return { ...component, rendered: found.manifests };
  });
  return { application: { ...target.application, components }, problems };
}

interface RenderedChart {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

async function renderOne(
  { vault, charts }: Dependencies<"vault" | "charts">,
  target: ChartInput & { readonly component: ResolvedComponent; readonly chart: ComponentChart },
  signal: AbortSignal,
): Promise<RenderedChart> {
  const { chart, project, facts, application } = target;
  const failed = (...problems: readonly Problem[]): RenderedChart => ({ manifests: [], problems });
  const field = chart.source.from === "archive" ? "archive" : "chart";
  if (charts === undefined) return failed(problem("ChartProgram", [field], { program: "helm" }));
  const opened = openValues(chart.secretValues, (token) => vault.open(project, token));
  if (opened === undefined)
    return failed(
      brokenRule(["secretValues"], {
        en: "it contains a sealed value that this server cannot open",
        zh: "其中有本服务器无法解开的密文令牌",
      }),
    );
  try {
    const manifests = await charts.render(
      {
        source: chart.source,
        release: chart.release,
        namespace: application.namespace,
        values: overlaid(chart.values, opened.values),
        kubernetes: facts.version,
        apiVersions: facts.apiVersions ?? [],
      },
      signal,
    );
    const sealed = manifests.map((one) => sealedData(one, (text) => vault.seal(project, text)));
    return { manifests: sealed, problems: clearIn(sealed, opened.secrets).map((one) => withField(one, field)) };
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const mask = textMask(opened.secrets);
    return failed(...error.problems.map((one) => masked(withPointer(one, chart.secretValues), mask)));
  }
}

function openValues(
  values: JsonObject,
  open: (token: string) => string,
): { readonly values: JsonObject; readonly secrets: readonly string[] } | undefined {
  const secrets: string[] = [];
  try {
    const clear = mapStrings(values, (text) => {
      const value = isSealed(text) ? open(text) : text;
      secrets.push(value);
      return value;
    });
    return { values: isObject(clear) ? clear : {}, secrets: secrets.filter((one) => one !== "") };
  } catch {
    return undefined;
  }
}

/** Combines two sets of values as helm combines files of values: objects are joined, everything else is replaced. */
function overlaid(below: JsonObject, above: JsonObject): JsonObject {
  const joined = Object.entries(above).map(([key, value]): [string, Json | undefined] => {
    const under = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isObject(under) && isObject(value) ? overlaid(under, value) : value];
  });
  return { ...below, ...Object.fromEntries(joined) };
}

function withField(one: { readonly object: string; readonly field: string }, at: string): Problem {
  return problem("SecretInClear", toPointer([at]), one);
}

/**
 * The problem at the right field: the renderer knows one set of values, but the document has its secret values in
 * `secretValues`.
 */
function withPointer(one: Problem, secretValues: JsonObject): Problem {
  const [root, ...path] = fromPointer(one.pointer);
  if (root !== "values" || path.length === 0 || dig(secretValues, ...path) === undefined) return one;
  return { ...one, pointer: toPointer(["secretValues", ...path]) };
}

/** The problem with secrets masked, because helm quotes values in its errors. */
function masked(one: Problem, mask: (text: string) => string): Problem {
  const params = Object.entries(one.params).map(([key, value]) => [
    key,
    typeof value === "string" ? mask(value) : value,
  ]);
  return { ...one, params: Object.fromEntries(params) };
}
