// HAMi's scheduler: a second real kube-scheduler named hami-scheduler, which asks an extender about cards. The extender
// here answers by the rules of hamiCards.ts and writes the annotations that HAMi's own extender and device plug-in write.
// https://github.com/Project-HAMi/HAMi/blob/master/docs/develop/scheduler-policy.md
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Connection } from "../../src/kube/reach/connection.ts";
import { objectAt, textAt, textsAt } from "../../src/model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { create, listed, soon } from "../capacity/rawCalls.ts";
import {
  ANNOTATIONS,
  allocationText,
  type Card,
  cardsOf,
  placeOnNode,
  RESOURCES,
  registerText,
  requestsOf,
  usageOf,
} from "./hamiCards.ts";
import type { Stoppable } from "./stoppable.ts";

export const HAMI_SCHEDULER = "hami-scheduler";

interface SchedulerPlace {
  readonly raw: Connection;
  readonly kubeconfig: string;
  /** Path of kubectl; kube-scheduler lies beside it. */
  readonly kubectl: string;
}

export async function startHamiScheduler({ raw, kubeconfig, kubectl }: SchedulerPlace): Promise<Stoppable> {
  const server = createServer((request, response) => void respond(raw, request, response));
  const port = await listening(server);
  const folder = mkdtempSync(join(tmpdir(), "hami-scheduler-"));
  const file = join(folder, "scheduler.json");
  writeFileSync(file, JSON.stringify(configuration(kubeconfig, port)));
  const program = join(dirname(kubectl), "kube-scheduler");
  const child = spawn(program, [`--config=${file}`, "--secure-port=0"], { stdio: ["ignore", "ignore", "ignore"] });
  return {
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the extender has no port");
  return address.port;
}

/** The configuration of HAMi's chart: its resources are left to the extender, which sees only the names of nodes. */
function configuration(kubeconfig: string, port: number): JsonObject {
  return {
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    leaderElection: { leaderElect: false },
    clientConnection: { kubeconfig, qps: 300, burst: 600 },
    profiles: [{ schedulerName: HAMI_SCHEDULER }],
    extenders: [
      {
        urlPrefix: `http://127.0.0.1:${port}`,
        filterVerb: "filter",
        bindVerb: "bind",
        weight: 1,
        nodeCacheCapable: true,
        httpTimeout: "30s",
        managedResources: Object.values(RESOURCES).map((name) => ({ name, ignoredByScheduler: true })),
      },
    ],
  };
}

async function respond(raw: Connection, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: unknown = JSON.parse(Buffer.concat(await Array.fromAsync<Buffer>(request)).toString("utf8"));
  const asked = isObject(body) ? body : {};
  const answer = request.url === "/bind" ? bind(raw, asked) : filter(raw, asked);
  const said = await answer.catch((cause: unknown) => ({ Error: String(cause) }));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(said));
}

/** HAMi chooses the node itself, writes the shares into the pod, and returns only that node. */
async function filter(raw: Connection, asked: JsonObject): Promise<JsonObject> {
  const pod = objectAt(asked, "Pod");
  const names = textsAt(asked, "NodeNames");
  if (requestsOf(pod).every((one) => one === undefined)) return { NodeNames: names, FailedNodes: {}, Error: "" };
  const nodes = await listed(raw, "/api/v1/nodes");
  const usage = usageOf((await listed(raw, "/api/v1/pods")).filter((one) => uidOf(one) !== uidOf(pod)));
  const failed: Record<string, string> = {};
  for (const node of nodes.filter((one) => names.includes(nameOf(one)))) {
    const cards = cardsOf(node);
    const placed = cards.length === 0 ? { refusal: "node unregistered" } : placeOnNode(cards, usage, pod);
    if ("refusal" in placed) failed[nameOf(node)] = placed.refusal;
    else {
      await annotate(raw, pod, nameOf(node), allocationText(placed.shares));
      return { NodeNames: [nameOf(node)], FailedNodes: failed, Error: "" };
    }
  }
  return { NodeNames: [], FailedNodes: failed, Error: "" };
}

async function annotate(raw: Connection, pod: JsonObject, node: string, shares: string): Promise<void> {
  const annotations = {
    [ANNOTATIONS.node]: node,
    [ANNOTATIONS.time]: String(Math.floor(Date.now() / 1_000)),
    [ANNOTATIONS.toAllocate]: shares,
    [ANNOTATIONS.allocated]: shares,
  };
  await patch(raw, podPath(textAt(pod, "metadata", "namespace"), nameOf(pod)), { metadata: { annotations } });
}

async function bind(raw: Connection, asked: JsonObject): Promise<JsonObject> {
  const [name, namespace] = [textAt(asked, "PodName"), textAt(asked, "PodNamespace")];
  await create(raw, `${podPath(namespace, name)}/binding`, {
    apiVersion: "v1",
    kind: "Binding",
    metadata: { name, namespace, uid: textAt(asked, "PodUID") },
    target: { apiVersion: "v1", kind: "Node", name: textAt(asked, "Node") },
  });
  await patch(raw, podPath(namespace, name), { metadata: { annotations: { [ANNOTATIONS.bindPhase]: "success" } } });
  return { Error: "" };
}

async function patch(raw: Connection, path: string, body: JsonObject): Promise<void> {
  const contentType = "application/merge-patch+json";
  await raw.call({ method: "PATCH", path, contentType, body, signal: soon() });
}

const podPath = (namespace: string, name: string): string => `/api/v1/namespaces/${namespace}/pods/${name}`;
const nameOf = (object: JsonObject): string => textAt(object, "metadata", "name");
const uidOf = (object: JsonObject): string => textAt(object, "metadata", "uid");

/** A simulated node whose cards HAMi's device plug-in has registered. Each card counts as its slots. */
export function hamiNode(name: string, cards: readonly Card[], more: Readonly<Record<string, string>> = {}): Manifest {
  const count = cards.reduce((sum, { slots }) => sum + slots, 0);
  const resources = { cpu: "64", memory: "256Gi", pods: "110", [RESOURCES.count]: String(count), ...more };
  const registered =
    cards.length === 0
      ? {}
      : { [ANNOTATIONS.register]: registerText(cards), [ANNOTATIONS.handshake]: "Reported 2026-01-01 00:00:00" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, random: "node" },
      annotations: { "kwok.x-k8s.io/node": "fake", ...registered },
    },
    status: { allocatable: resources, capacity: resources },
  };
}
