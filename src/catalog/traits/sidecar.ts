// Containers next to the main one. They are native sidecars (init containers that restart): they start first, end last,
// and do not keep a task from finishing. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ (1.29
// or newer)
import { z } from "zod";
import { defineTrait } from "../define.ts";
import {
  checkExtras,
  containerPortField,
  extraContainerFields,
  extraReferences,
  renderExtra,
} from "../parts/pod/extraContainer.ts";
import { checkProbes, probeFields, renderProbes } from "../parts/pod/probe.ts";
import { described } from "../sharedFields.ts";

const container = z.strictObject({
  ...extraContainerFields,
  ports: containerPortField,
  probes: described(
    z.strictObject(probeFields).optional(),
    "Health checks of this container: the next container waits for its startup, the pod for its readiness; default port: its first one",
    "此容器的健康检查：下一个容器等待其 startup，Pod 等待其 readiness；默认使用其第一个端口",
  ),
});

export const sidecar = defineTrait({
  name: "sidecar",
  summary: { en: "Containers next to the main one", zh: "边车容器" },
  schema: described(
    z.array(container).min(1).max(20),
    "Containers, in the order in which they start",
    "边车容器，按顺序启动",
  ),
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
  check: (containers) => [
    ...checkExtras(containers),
    ...containers.flatMap(({ probes = {}, ports }, index) => checkProbes(probes, ports?.[0], [index, "probes"])),
  ],
  render: (containers, _target, context) => ({
    initContainers: containers.map(({ ports, probes = {}, ...extra }) => ({
      ...renderExtra(extra, context),
      ...renderProbes(probes, ports?.[0]),
      restartPolicy: "Always",
      ...(ports === undefined || ports.length === 0
        ? {}
        : { ports: ports.map((port) => ({ containerPort: port, protocol: "TCP" })) }),
    })),
  }),
});
