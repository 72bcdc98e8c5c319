// Runs Traefik on the host's loopback interface: the cluster's Ingress controller and Gateway API implementation.
import { createConnection } from "node:net";
import { applyObject, readObject } from "./api.ts";
import type { Built } from "./build.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { ensureRunning } from "./processes.ts";
import type { State } from "./state.ts";
import { waitUntil } from "./wait.ts";

export const traefikUrl = (state: State): string => `http://127.0.0.1:${state.ports.web}`;

export async function ensureTraefik(state: State, built: Built): Promise<void> {
  await ensureRunning(state, {
    role: "traefik",
    command: [
      built.program("traefik"),
      `--entrypoints.web.address=127.0.0.1:${state.ports.web}`,
      "--providers.kubernetesingress=true",
      "--providers.kubernetesingress.ingressendpoint.ip=127.0.0.1",
      "--providers.kubernetesgateway=true",
      "--providers.kubernetesgateway.statusaddress.ip=127.0.0.1",
      // With the default of two seconds, each test would wait that long for a changed route.
      "--providers.providersthrottleduration=200ms",
      "--global.checknewversion=false",
      "--global.sendanonymoususage=false",
      "--log.level=INFO",
    ],
    environment: { KUBECONFIG: writeKubeconfig(state, "ingress") },
    ready: () => answers(state.ports.web),
  });
}

const gateways = "/apis/gateway.networking.k8s.io/v1";
const gatewayPath = `${gateways}/namespaces/gateway-system/gateways/public`;

export async function applyGateway(state: State): Promise<void> {
  for (const [path, object] of objectsFor(state.ports.web)) await applyObject(state, path, JSON.stringify(object));
}

export async function waitForGateway(state: State): Promise<void> {
  type Gateway = {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  };
  const programmed = async (): Promise<boolean> => {
    const { status } = await readObject<Gateway>(state, gatewayPath);
    return (
      status?.conditions?.some((condition) => condition.type === "Programmed" && condition.status === "True") ?? false
    );
  };
  await waitUntil(programmed, { forWhat: "the Gateway gateway-system/public to be programmed", seconds: 60 });
}

/** Traefik serves a listener only when its port is the port of one of its entry points. */
function objectsFor(port: number): readonly (readonly [string, object])[] {
  const ingressClass = {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: "traefik", annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
    spec: { controller: "traefik.io/ingress-controller" },
  };
  const gatewayClass = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: "traefik" },
    spec: { controllerName: "traefik.io/gateway-controller" },
  };
  const listener = { name: "http", protocol: "HTTP", port, allowedRoutes: { namespaces: { from: "All" } } };
  const gateway = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "public", namespace: "gateway-system" },
    spec: { gatewayClassName: "traefik", listeners: [listener] },
  };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "gateway-system" } };
  return [
    ["/apis/networking.k8s.io/v1/ingressclasses/traefik", ingressClass],
    [`${gateways}/gatewayclasses/traefik`, gatewayClass],
    ["/api/v1/namespaces/gateway-system", namespace],
    [gatewayPath, gateway],
  ];
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
