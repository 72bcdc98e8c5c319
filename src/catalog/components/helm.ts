// The component type `helm`: a Helm chart, rendered by the server (src/helm). From then on its objects are treated like
// objects that the user wrote: compared, waited for, pruned and sealed. Helm itself never touches the cluster, so `helm
// list` shows no release, and hooks are not run. Objects in other namespaces are refused, and so are cluster-scoped
// kinds unless the user allows them.
import { z } from "zod";
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import { brokenRule, type Problem, problem, warning } from "../../model/problems/problem.ts";
import { defineComponent, type RenderContext } from "../define.ts";
import { type Bundle, bundleObjects, bundleProblems, checkRules } from "../parts/objects/bundle.ts";
import { clusterScopedField, outputsField } from "../parts/objects/bundleFields.ts";
import { isTestHook, releasedBy, withoutServerFields } from "../parts/objects/chartObject.ts";
import { readinessField } from "../parts/objects/readiness.ts";
import { described } from "../sharedFields.ts";

const ARCHIVE_BYTES = 1024 * 1024;
/** Length of such an archive as base64. */
const ARCHIVE_TEXT = Math.ceil(ARCHIVE_BYTES / 3) * 4;
/** Each part starts with a letter or digit, so none of them is `..`. */
const CHART = /^[a-zA-Z0-9][\w.+-]*(\/[a-zA-Z0-9][\w.+-]*)*$/;

const schema = z.strictObject({
  chart: described(
    z.string().max(200).regex(CHART, "the name of a chart in the server's folder").optional(),
    "Name of a chart in the server's folder of charts (--charts)",
    "服务器 --charts 目录中的 chart 名称",
  ),
  version: described(
    z
      .string()
      .max(100)
      .regex(/^[\w.+-]+$/, "a version such as 1.2.0")
      .optional(),
    "Version of the chart: the server uses NAME-VERSION.tgz or the folder NAME-VERSION",
    "chart 版本：服务器使用 名称-版本.tgz 或目录 名称-版本",
  ),
  archive: described(
    z
      .string()
      .max(ARCHIVE_TEXT)
      .regex(/^[A-Za-z0-9+/=\s]+$/, "base64")
      .optional(),
    "The chart itself: its .tgz in base64, at most 1 MiB",
    "chart 的 .tgz 文件（base64，最大 1 MiB）",
  ),
  values: described(z.record(z.string(), z.unknown()).default({}), "Values of the chart", "chart 的 values"),
  secretValues: described(
    z.record(z.string(), z.unknown()).default({}),
    "Secret values, text only; they override `values`",
    "密钥值（仅限文本），覆盖 values 中的同名项",
  ),
  release: described(
    z
      .string()
      .max(53)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "lower case letters, digits and '-'")
      .optional(),
    "Name of the release, which charts use in the names of objects; default: the component's name",
    "release 名称，chart 用它为对象命名；默认为组件名",
  ),
  withoutHooks: described(
    z.boolean().default(false),
    "Leave out the objects that the chart declares as Helm hooks",
    "不包含 chart 声明为 Helm 钩子的对象",
  ),
  clusterScoped: clusterScopedField,
  keep: described(
    z.boolean().optional(),
    "Whether objects are kept when the application is deleted; default: only objects that hold data, and those that the chart marks to be kept",
    "删除应用时是否保留对象；默认只保留承载数据的对象及 chart 标记为保留的对象",
  ),
  ready: readinessField,
  outputs: outputsField,
});
type Properties = z.output<typeof schema>;

export const helm = defineComponent({
  name: "helm",
  summary: { en: "A Helm chart, rendered by the server", zh: "由服务器渲染的 Helm chart" },
  schema,
  examples: [
    {
      title: { en: "A chart from the server's folder", zh: "服务器目录中的 chart" },
      value: { chart: "hello", version: "0.1.0", values: { replicas: 2 }, secretValues: { password: "open sesame" } },
    },
  ],
  job: "deploy",
  outputs: (_name, properties) => properties.outputs ?? {},
  // The whole field is secret whatever its shape, so that a value in a wrong place cannot leak.
  secrets: (properties) => (isObject(properties) ? [["secretValues"]] : [[]]),
  check: (properties) => [...checkSource(properties), ...checkTexts(properties.secretValues as Json, ["secretValues"])], // parsed from JSON
  locks: (properties, { component }) => [{ kind: "release", name: properties.release ?? component }],
  chart: (properties, { component }) => ({
    source: sourceOf(properties),
    release: properties.release ?? component,
    // Both were parsed from JSON; zod only types them as unknown.
    values: properties.values as JsonObject,
    secretValues: properties.secretValues as JsonObject,
  }),
  render(properties, context) {
    if (context.rendered === undefined)
      return { pod: null, objects: [], problems: [warning("ChartNotRendered", [fieldOf(properties)])] };
    const { manifests, problems } = withoutHooks(context.rendered, properties);
    const bundle = bundleOf(manifests, properties);
    return {
      pod: null,
      objects: objectsOf(bundle, context),
      problems: [...problems, ...bundleProblems(bundle, context), ...checkRules(manifests, bundle.ready)],
    };
  },
});

function objectsOf(bundle: Bundle, context: RenderContext) {
  return bundleObjects(bundle, context).map((one, index) => {
    const marked = releasedBy(bundle.manifests[index]) === "keep";
    return marked && bundle.keep === undefined ? { ...one, keep: true } : one;
  });
}

function bundleOf(manifests: readonly Manifest[], properties: Properties): Bundle {
  const { ready = [], keep, clusterScoped } = properties;
  // Every problem points to the one field that names the chart.
  return { manifests: manifests.map(withoutServerFields), ready, keep, clusterScoped, at: () => [fieldOf(properties)] };
}

function withoutHooks(
  all: readonly Manifest[],
  properties: Properties,
): { readonly manifests: readonly Manifest[]; readonly problems: readonly Problem[] } {
  const hookOf = (one: Manifest): string | undefined => one.metadata.annotations?.["helm.sh/hook"];
  const manifests = all.filter((one) => hookOf(one) === undefined);
  const hooks = all.filter((one) => hookOf(one) !== undefined && !isTestHook(hookOf(one) ?? ""));
  const say = properties.withoutHooks ? warning : problem;
  const problems = hooks.map((one) =>
    say("ChartHook", [fieldOf(properties)], {
      object: shortRef({ kind: one.kind, name: one.metadata.name }),
      hook: hookOf(one) ?? "",
    }),
  );
  return { manifests, problems };
}

function fieldOf({ archive }: Properties): "chart" | "archive" {
  return archive === undefined ? "chart" : "archive";
}

function sourceOf({ chart = "", version, archive }: Properties) {
  if (archive !== undefined) return { from: "archive", base64: archive } as const;
  return { from: "server", name: chart, ...(version === undefined ? {} : { version }) } as const;
}

function checkSource({ chart, version, archive }: Properties): readonly Problem[] {
  if (chart === undefined && archive === undefined)
    return [brokenRule(["chart"], { en: "name a chart, or send one as archive", zh: "请写 chart 或 archive" })];
  if (chart !== undefined && archive !== undefined)
    return [brokenRule(["archive"], { en: "chart or archive, not both", zh: "chart 与 archive 只能写一个" })];
  if (version === undefined || archive === undefined) return [];
  return [brokenRule(["version"], { en: "an archive has its own version", zh: "archive 自带版本" })];
}

/**
 * Secret values must be text: sealed values are opened as text, so a number would reach the chart as another type than
 * the user wrote.
 */
function checkTexts(value: Json | undefined, path: Path): readonly Problem[] {
  if (typeof value === "string" || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((inner: Json, index) => checkTexts(inner, [...path, index]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, inner]) => checkTexts(inner, [...path, key]));
  return [brokenRule(path, { en: "a secret value is text: put it in quotes", zh: "密钥须为文本：请加引号" })];
}
