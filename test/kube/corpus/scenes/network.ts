// Scenes with Services and routes.
import { dig } from "../../../../src/model/data/json.ts";
import { all, exists, field, hasField, ready, rolledOut, runsFor, some } from "../judges.ts";
import { barePod, deployment, httpRoute, idle, ingress, never, pod, service } from "../manifests.ts";
import type { Judge, Scene } from "../scene.ts";

const subject = { apiVersion: "v1", kind: "Service", name: "web" };
const endpoints = (wanted: boolean): Judge =>
  some("EndpointSlice", (slice) => {
    const list = slice["endpoints"];
    return Array.isArray(list) && list.some((one) => dig(one, "conditions", "ready") === wanted);
  });
const PENDING = { state: "progressing", code: "EndpointsPending" } as const;
const READY = { state: "ready", code: "Ready" } as const;

const SERVICES: readonly Scene[] = [
  { name: "service-answered", subject, objects: [barePod(), service()], until: endpoints(true), expected: READY },
  { name: "service-of-nobody", subject, objects: [service()], until: exists("EndpointSlice"), expected: PENDING },
  {
    name: "service-of-a-pod-that-is-not-ready",
    subject,
    objects: [barePod(pod(idle({ readinessProbe: never }))), service()],
    until: endpoints(false),
    expected: PENDING,
  },
  {
    name: "service-of-a-port-that-no-container-has",
    subject,
    objects: [barePod(), service({ ports: [{ name: "http", port: 80, targetPort: "http" }] })],
    until: all(ready, runsFor(3), exists("EndpointSlice")),
    expected: PENDING,
  },
  {
    name: "service-headless",
    subject,
    objects: [barePod(), service({ clusterIP: "None" })],
    until: endpoints(true),
    expected: READY,
  },
  {
    name: "service-of-none-wanted",
    subject,
    objects: [deployment(pod(), { replicas: 0 }), service()],
    until: all(exists("EndpointSlice"), field("Deployment", "status.observedGeneration", 1)),
    expected: READY,
  },
  {
    name: "service-external-name",
    subject,
    objects: [service({ type: "ExternalName", externalName: "db.example.com", selector: null })],
    until: exists("Service"),
    expected: READY,
  },
  {
    name: "service-without-selector",
    subject,
    objects: [service({ selector: null })],
    until: exists("Service"),
    expected: READY,
  },
  {
    name: "service-load-balancer-pending",
    subject,
    objects: [deployment(), service({ type: "LoadBalancer" })],
    until: all(rolledOut, endpoints(true)),
    expected: { state: "progressing", code: "AddressPending" },
  },
];

const way = { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "web" };
const route = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", name: "web" };
const parent = (type: string, status: string): Judge =>
  some("HTTPRoute", (one) => {
    const [first] = [dig(one, "status", "parents", 0, "conditions")];
    return Array.isArray(first) && first.some((each) => dig(each, "type") === type && dig(each, "status") === status);
  });

const ROUTES: readonly Scene[] = [
  {
    name: "ingress-published",
    subject: way,
    objects: [barePod(), service(), ingress()],
    until: hasField("Ingress", "status.loadBalancer.ingress"),
    expected: READY,
  },
  {
    name: "ingress-of-a-class-that-is-not-there",
    subject: way,
    objects: [barePod(), service(), ingress({ ingressClassName: "none" })],
    until: exists("Ingress"),
    expected: { state: "progressing", code: "AddressPending", turns: ["ready", 30] },
  },
  {
    name: "httproute-accepted",
    subject: route,
    objects: [barePod(), service(), httpRoute()],
    until: all(parent("Accepted", "True"), parent("ResolvedRefs", "True")),
    expected: READY,
  },
  {
    name: "httproute-of-a-gateway-that-is-not-there",
    subject: route,
    objects: [service(), httpRoute({ parentRefs: [{ name: "none" }] })],
    until: exists("HTTPRoute"),
    expected: { state: "progressing", code: "AddressPending" },
  },
  {
    name: "httproute-of-a-listener-that-is-not-there",
    subject: route,
    objects: [
      service(),
      httpRoute({ parentRefs: [{ name: "public", namespace: "gateway-system", sectionName: "none" }] }),
    ],
    until: parent("Accepted", "False"),
    expected: { state: "blocked", code: "RouteRefused", turns: ["failed", 10] },
  },
  {
    name: "httproute-to-a-service-that-is-not-there",
    subject: route,
    objects: [httpRoute()],
    until: parent("ResolvedRefs", "False"),
    expected: { state: "blocked", code: "RouteRefused", turns: ["failed", 10] },
  },
];

export const NETWORK: readonly Scene[] = [...SERVICES, ...ROUTES];
