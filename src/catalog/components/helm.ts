// A Helm chart: rendered by the server, and from then on like objects that were written by hand (compared, awaited, pruned, sealed).
// Helm itself never touches the cluster: there is no release of Helm's, so `helm list` does not show it, and hooks are not run.
// Refuses what the chart would do outside of the application: other namespaces, and kinds of the whole cluster unless asked for.
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
/** What base64 makes of it. */
const ARCHIVE_TEXT = Math.ceil(ARCHIVE_BYTES / 3) * 4;
/** Each part starts with a letter or digit, so none of them is `..`. */
const CHART = /^[a-zA-Z0-9][\w.+-]*(\/[a-zA-Z0-9][\w.+-]*)*$/;

const schema = z.strictObject({
  chart: described(
    z.string().max(200).regex(CHART, "the name of a chart in the server's folder").optional(),
    "A chart in the folder that the server was given with --charts",
    "服务器 --charts 目录中的 chart",
  ),
  version: described(
    z
      .string()
      .max(100)
      .regex(/^[\w.+-]+$/, "a version such as 1.2.0")
      .optional(),
    "Of the chart: NAME-VERSION.tgz or the folder NAME-VERSION is taken",
    "chart 版本：使用 名称-版本.tgz 或目录 名称-版本",
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
    "Values that are secret, laid over the others: text only",
    "机密 values（仅限文本），覆盖在 values 之上",
  ),
  release: described(
    z
      .string()
      .max(53)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "lower case letters, digits and '-'")
      .optional(),
    "Name of the release, which charts put into names; default: the component's",
    "release 名称，chart 用于命名；默认为组件名",
  ),
  withoutHooks: described(
    z.boolean().default(false),
    "Leave out what the chart would run as hooks of Helm",
    "去掉 chart 的 Helm 钩子",
  ),
  clusterScoped: clusterScopedField,
  keep: described(
    z.boolean().optional(),
    "Kept when the application is deleted; by default only what holds data, and what the chart marks so",
    "删除应用时保留；默认只保留承载数据的对象及 chart 标记为保留的对象",
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
      title: { en: "A chart of the server's folder", zh: "服务器目录中的 chart" },
      value: { chart: "hello", version: "0.1.0", values: { replicas: 2 }, secretValues: { password: "open sesame" } },
    },
  ],
  job: "deploy",
  outputs: (_name, properties) => properties.outputs ?? {},
  // All of it, whatever its shape: a value that is written wrong is no less secret.
  secrets: (properties) => (isObject(properties) ? [["secretValues"]] : [[]]),
  check: (properties) => [...checkSource(properties), ...checkTexts(properties.secretValues as Json, ["secretValues"])], // out of JSON
  locks: (properties, { component }) => [{ kind: "release", name: properties.release ?? component }],
  chart: (properties, { component }) => ({
    source: sourceOf(properties),
    release: properties.release ?? component,
    // They came out of JSON: zod only calls them unknown.
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
  // All objects come out of the one field.
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

/** Sealed values come back as text: a number would reach the chart as another type than the one that was written. */
function checkTexts(value: Json | undefined, path: Path): readonly Problem[] {
  if (typeof value === "string" || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((inner: Json, index) => checkTexts(inner, [...path, index]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, inner]) => checkTexts(inner, [...path, key]));
  return [brokenRule(path, { en: "a secret value is text: put it in quotes", zh: "机密值须为文本：请加引号" })];
}
