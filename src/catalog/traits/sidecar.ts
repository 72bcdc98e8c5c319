// Containers beside the main one. They are native sidecars (init containers that restart): they start first, end last, and do not keep
// a task from finishing. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ (1.29 or newer)
import { z } from "zod";
import { defineTrait } from "../define.ts";
import { described } from "../fields.ts";
import {
  checkExtras,
  containerPortField,
  extraContainerFields,
  extraReferences,
  renderExtra,
} from "../parts/extraContainer.ts";

const container = z.strictObject({ ...extraContainerFields, ports: containerPortField });

export const sidecar = defineTrait({
  name: "sidecar",
  summary: { en: "Containers beside the main one", zh: "边车容器" },
  schema: described(z.array(container).min(1).max(20), "Started in order", "按顺序启动"),
  examples: [
    {
      title: { en: "Ship a log file", zh: "采集日志文件" },
      value: [
        {
          name: "logs",
          image: "busybox:1.36",
          command: ["sh", "-c", "touch /tmp/app.log; exec tail -f /tmp/app.log"],
          resources: { cpu: "10m", memory: "16Mi" },
        },
      ],
    },
  ],
  appliesTo: "pods",
  references: extraReferences,
  check: checkExtras,
  render: (containers, _target, context) => ({
    initContainers: containers.map(({ ports, ...extra }) => ({
      ...renderExtra(extra, context),
      restartPolicy: "Always",
      ...(ports === undefined || ports.length === 0
        ? {}
        : { ports: ports.map((port) => ({ containerPort: port, protocol: "TCP" })) }),
    })),
  }),
});
