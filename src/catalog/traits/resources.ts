// Compute resources of the main container.
import { defineTrait } from "../define.ts";
import { checkResources, resourceFields, resourcesField } from "../parts/pod/resources.ts";

export const resources = defineTrait({
  name: "resources",
  summary: { en: "CPU, memory and local disk", zh: "CPU、内存与本地磁盘" },
  schema: resourcesField(),
  examples: [
    {
      title: { en: "What it needs, and a limit for memory", zh: "所需资源与内存上限" },
      value: { cpu: 0.25, memory: "256Mi", limits: { memory: "512Mi" } },
    },
  ],
  appliesTo: "pods",
  check: (data) => checkResources(data, []),
  render: (data) => ({ container: { resources: resourceFields(data) } }),
});
