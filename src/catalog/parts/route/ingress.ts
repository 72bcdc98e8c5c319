// Renders an Ingress: host, paths and a certificate. Everything else differs between controllers (annotations) and is
// not guessed here.
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { onlyGiven } from "../objects/onlyGiven.ts";
import type { Routing } from "./fields.ts";

export function ingress({ route, paths, context }: Routing): Manifest | null {
  const { ingressClasses } = context.facts;
  const className = route.class ?? (ingressClasses.find((one) => one.default) ?? ingressClasses[0])?.name;
  if (className === undefined) return null;
  const http = {
    paths: paths.map(({ path, match, port }) => ({
      path,
      pathType: match === "exact" ? "Exact" : "Prefix",
      backend: { service: { name: context.component, port: { number: port } } },
    })),
  };
  const hosts = route.host === undefined ? undefined : [route.host];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: context.component },
    spec: onlyGiven({
      ingressClassName: className,
      tls: route.tls === undefined ? undefined : [onlyGiven({ hosts, secretName: route.tls })],
      rules: [onlyGiven({ host: route.host, http })],
    }),
  };
}
