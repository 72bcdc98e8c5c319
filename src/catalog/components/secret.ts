// The component type `secret`: secret values that other components read. It renders a Secret of the component's name.
// The values that arrive here are sealed tokens; plan/components/seal.ts sealed them.
import { z } from "zod";
import { isObject } from "../../model/data/json.ts";
import { defineComponent } from "../define.ts";
import { checkDataSize, dataField, secretData } from "../parts/storage/data.ts";
import { described } from "../sharedFields.ts";

export const secret = defineComponent({
  name: "secret",
  summary: { en: "Secret values that other components read", zh: "供其他组件读取的密钥" },
  schema: z.strictObject({
    type: described(z.string().min(1).default("Opaque"), "Type of the Secret", "Secret 类型"),
    data: described(dataField(), "Key -> text, or {base64: …}", "键 -> 文本，或 {base64: …}"),
  }),
  examples: [
    {
      title: { en: "A password", zh: "密码" },
      value: { data: { password: "correct horse battery staple" } },
    },
  ],
  job: "deploy",
  // The whole field is secret whatever its shape, so that a value in a wrong place cannot leak.
  secrets: (properties) => (isObject(properties) ? [["data"]] : [[]]),
  check: (properties) => checkDataSize("data", properties.data, ["data"]),
  render: (properties, context) => ({
    pod: null,
    objects: [
      {
        manifest: {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: context.component },
          type: properties.type,
          ...secretData(properties.data),
        },
      },
    ],
  }),
});
