// Fields of the component types that consist of whole objects, written by the user or rendered from a chart.
import { z } from "zod";
import { described } from "../../sharedFields.ts";

export const clusterScopedField = described(
  z.boolean().default(false),
  "Allows kinds that belong to the whole cluster",
  "允许包含集群级对象",
);

export const outputsField = described(
  z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/, "letters and digits"), z.string()).optional(),
  "Outputs that other components may refer to, e.g. url",
  "供其他组件引用的输出，如 url",
);
