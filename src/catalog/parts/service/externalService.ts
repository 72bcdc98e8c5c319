// The Service in front of something outside the cluster. A DNS name becomes an alias (ExternalName). An address needs
// its own endpoints, because a Service without a selector has none.
import { isIP } from "node:net";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import type { RenderContext } from "../../define.ts";

export interface ExternalAddress {
  readonly host: string;
  readonly port: number;
}

const PORT_NAME = "main";

export function externalService({ host, port }: ExternalAddress, context: RenderContext): readonly Manifest[] {
  const name = context.component;
  const ports = [{ name: PORT_NAME, port, protocol: "TCP" }];
  const service = { apiVersion: "v1", kind: "Service", metadata: { name } };
  const family = isIP(host);
  if (family === 0)
    return [
      { ...service, spec: { type: "ExternalName", externalName: host, ports: [{ ...ports[0], targetPort: port }] } },
    ];
  return [
    { ...service, spec: { type: "ClusterIP", ports: ports.map((one) => ({ ...one, targetPort: port })) } },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      // The first label makes it a slice of the Service; the second makes the cluster's own controller leave it alone.
      metadata: {
        name: `${name}-external`,
        labels: { "kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": "kubemin.dev" },
      },
      addressType: family === 6 ? "IPv6" : "IPv4",
      ports,
      endpoints: [{ addresses: [host], conditions: { ready: true } }],
    },
  ];
}
