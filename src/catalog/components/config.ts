// The component type `config`: configuration that several components read. It renders a ConfigMap of the component's
// name.
import { z } from "zod";
import { defineComponent } from "../define.ts";
import { checkDataSize, configMapData, dataField } from "../parts/storage/data.ts";
import { described } from "../sharedFields.ts";

export const config = defineComponent({
  name: "config",
  summary: { en: "Configuration that other components read", zh: "供其他组件读取的配置" },
  schema: z.strictObject({
    data: described(dataField(), "Key -> text, or {base64: …}", "键 -> 文本，或 {base64: …}"),
  }),
  examples: [
    {
      title: { en: "A setting and a file", zh: "一个设置与一个文件" },
      value: { data: { LOG_LEVEL: "info", "app.conf": "workers = 4\n" } },
    },
  ],
  job: "deploy",
  check: (properties) => checkDataSize("data", properties.data, ["data"]),
  render: (properties, context) => ({
    pod: null,
    objects: [
      {
        manifest: {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: context.component },
          ...configMapData(properties.data),
        },
      },
    ],
  }),
});
