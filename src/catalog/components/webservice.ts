// The component type `webservice`: a program that answers requests. It renders a Deployment, and a Service of the
// component's name when it has a port. With the defaults, a rolling update loses no request. Health checks of the
// program itself belong to the trait `probes`.
import { z } from "zod";
import { defineComponent } from "../define.ts";
import { nonEmpty, onlyGiven } from "../parts/objects/onlyGiven.ts";
import { checkUpdate, deploymentOf, updateField } from "../parts/pod/deployment.ts";
import { imageField, podOf, programFields, programReferences } from "../parts/pod/program.ts";
import { tcpProbe } from "../parts/pod/tcpProbe.ts";
import { outputsOf } from "../parts/service/outputs.ts";
import { checkPorts, containerPorts, portFields, servedPorts, serviceFor } from "../parts/service/ports.ts";
import { described, replicas } from "../sharedFields.ts";

/**
 * A pod gets SIGTERM at the same time as it is removed from the endpoints, so requests still arrive for a moment: the
 * program keeps serving during this sleep. The kubelet itself sleeps, so the image needs no shell; this requires
 * Kubernetes 1.30 or newer.
 */
const GOODBYE = { preStop: { sleep: { seconds: 5 } } };

export const webservice = defineComponent({
  name: "webservice",
  summary: { en: "A program that answers requests", zh: "提供服务的程序" },
  schema: z.strictObject({
    image: imageField,
    ...portFields,
    ...programFields,
    replicas: described(replicas().default(1), "How many pods", "副本数"),
    update: updateField,
  }),
  examples: [
    {
      title: { en: "A web server with two replicas", zh: "两个副本的 Web 服务" },
      value: { image: "nginx:1.27", port: 80, replicas: 2 },
    },
    {
      title: { en: "Two ports and a gentle update", zh: "两个端口与平缓更新" },
      value: {
        image: "ghcr.io/example/api:1.4.2",
        ports: [
          { name: "http", port: 80, containerPort: 8080 },
          { name: "metrics", port: 9090 },
        ],
        update: { maxSurge: "25%" },
      },
    },
  ],
  job: "deploy",
  outputs: (name, properties) => outputsOf(name, servedPorts(properties), "http"),
  references: programReferences,
  check: (properties) => [...checkPorts(properties), ...checkUpdate(properties.update)],
  render(properties, context) {
    const ports = servedPorts(properties);
    const container = onlyGiven({
      ports: nonEmpty(containerPorts(ports)),
      readinessProbe: tcpProbe(ports),
      lifecycle: ports.length === 0 ? undefined : GOODBYE,
    });
    return {
      pod: podOf(context.component, properties, container),
      controller: deploymentOf({ name: context.component, timeout: context.timeout, ...properties }),
      objects: ports.length === 0 ? [] : [{ manifest: serviceFor(ports, context) }],
    };
  },
});
