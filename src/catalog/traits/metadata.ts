// Labels and annotations for other tools: cost centres, dashboards, injectors. On objects, a change restarts nothing;
// on pods they are part of the template, so a change replaces the pods. Keys by which kubemin and Kubernetes find the
// pods cannot be replaced.
import { z } from "zod";
import { ANNOTATIONS, LABELS } from "../../model/kubernetes/manifest.ts";
import { LABEL_KEY, LABEL_VALUE } from "../../model/kubernetes/name.ts";
import { brokenRule, type Problem } from "../../model/problems/problem.ts";
import { defineTrait } from "../define.ts";
import { described } from "../sharedFields.ts";

const key = () => z.string().regex(LABEL_KEY, "a key such as example.com/team");

const both = (where: string, zh: string) =>
  described(
    z
      .strictObject({
        labels: described(
          z.record(key(), z.string().regex(LABEL_VALUE, "at most 63 letters, digits, '-', '_' and '.'")).optional(),
          `Labels ${where}`,
          `${zh}的标签`,
        ),
        annotations: described(z.record(key(), z.string()).optional(), `Annotations ${where}`, `${zh}的注解`),
      })
      .optional(),
    `Labels and annotations ${where}`,
    `${zh}的标签与注解`,
  );

const schema = z.strictObject({
  objects: both("of every object of the component; a change restarts nothing", "组件的所有对象（变更不会重启）"),
  pods: both("of the pods; a change replaces them", "Pod（变更会滚动替换）"),
});
type Metadata = z.output<typeof schema>;

const RESERVED: ReadonlySet<string> = new Set([...Object.values(LABELS), ...Object.values(ANNOTATIONS)]);
const PLACES = ["objects", "pods"] as const;
const KINDS = ["labels", "annotations"] as const;

export const metadata = defineTrait({
  name: "metadata",
  summary: { en: "Labels and annotations", zh: "标签与注解" },
  schema,
  examples: [
    {
      title: { en: "A cost centre, and scraping of the pods", zh: "成本中心与 Pod 采集注解" },
      value: {
        objects: { labels: { "example.com/cost-centre": "shop" } },
        pods: { annotations: { "prometheus.io/scrape": "true" } },
      },
    },
  ],
  appliesTo: "pods",
  check: checkReserved,
  render: (data) => ({ metadata: { objects: data.objects ?? {}, pods: data.pods ?? {} } }),
});

function checkReserved(data: Metadata): readonly Problem[] {
  return PLACES.flatMap((place) =>
    KINDS.flatMap((kind) =>
      Object.keys(data[place]?.[kind] ?? {})
        .filter((name) => RESERVED.has(name) || name.startsWith("kubemin.dev/"))
        .map((name) => {
          const text = {
            en: "{name} belongs to kubemin: choose another key",
            zh: "{name} 由 kubemin 使用，请换一个键",
          };
          return brokenRule([place, kind, name], text, { name });
        }),
    ),
  );
}
