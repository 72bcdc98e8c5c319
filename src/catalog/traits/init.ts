// Programs that run one after the other before the main container starts. They run before the sidecars start, so that
// they can prepare files for them; an init container can therefore not use a sidecar.
import { z } from "zod";
import { defineTrait } from "../define.ts";
import { checkExtras, extraContainerFields, extraReferences, renderExtra } from "../parts/pod/extraContainer.ts";
import { described } from "../sharedFields.ts";

export const init = defineTrait({
  name: "init",
  summary: { en: "Programs that run before the main one", zh: "主程序之前执行的初始化容器" },
  schema: described(
    z.array(z.strictObject(extraContainerFields)).min(1).max(20),
    "Containers, in the order in which they run",
    "初始化容器，按顺序执行",
  ),
  examples: [
    {
      title: { en: "Wait for a name", zh: "等待域名可解析" },
      value: [
        {
          name: "wait",
          image: "busybox:1.36",
          command: ["sh", "-c", "until nslookup redis; do sleep 1; done"],
          env: { TARGET: "redis" },
        },
      ],
    },
  ],
  appliesTo: "pods",
  references: extraReferences,
  check: checkExtras,
  render: (containers, _target, context) => ({
    initContainers: containers.map((container) => renderExtra(container, context)),
  }),
});
