// A server for registered types on the real cluster: registers the example documents and grants them over the API.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Client } from "../../../src/api/client.ts";
import { textAt } from "../../../src/model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../../src/model/data/json.ts";
import { kubectl } from "./kubectl.ts";
import { type Event, EXAMPLES, type Product, type Run, startProduct } from "./product.ts";

export interface Where {
  readonly project: string;
  readonly namespace?: string;
}

export interface TypesServer {
  readonly product: Product;
  readonly client: Client;
  /** Registers a type in the project, grants it and activates it. Default of the grants: all that it asks for. */
  register(document: JsonObject, project: string, grants?: JsonObject): Promise<void>;
  start(type: string, input: JsonObject, where: Where): Promise<string>;
  run(type: string, input: JsonObject, where: Where): Promise<Run>;
  /** The events of the run until its end. */
  watch(run: string, project: string): Promise<readonly Event[]>;
  get(run: string, project: string): Promise<Run>;
  stop(): Promise<void>;
}

/** A document from examples/job-types, with parts of its spec replaced. */
export function example(name: string, spec: JsonObject = {}): JsonObject {
  const document: unknown = parse(readFileSync(join(EXAMPLES, "job-types", `${name}.yaml`), "utf8"));
  if (!isObject(document) || !isObject(document["spec"])) throw new Error(`${name}.yaml is no registration`);
  return { ...document, spec: { ...document["spec"], ...spec } };
}

/** A small registration without outputs, with the fields of `spec` replaced. */
export function typeNamed(name: string, spec: JsonObject): JsonObject {
  const base = { version: "1.0.0", summary: name, input: { type: "object" } };
  return { apiVersion: "kubemin.dev/v1", kind: "JobType", metadata: { name }, spec: { ...base, ...spec } };
}

export async function startTypes(): Promise<TypesServer> {
  const address = await hostAddress();
  const port = await freePort();
  const words = [
    "--host",
    "0.0.0.0",
    "--allow-remote",
    "--public-url",
    `http://${address}:${port}`,
    "--allow-outgoing",
    "127.0.0.0/8",
  ];
  const product = await startProduct({ port, words });
  const { client } = product;
  const watch: TypesServer["watch"] = async (run, project) => {
    const events: Event[] = [];
    const call = { params: { project }, query: { run } };
    for await (const { data } of client.stream("streamEvents", call, AbortSignal.timeout(170_000))) {
      events.push(data);
      if (data.type === "run.finished") break;
    }
    return events;
  };
  const start: TypesServer["start"] = async (type, input, { project, namespace }) => {
    const body = { type, input, ...(namespace === undefined ? {} : { namespace }) };
    return (await client.call("startRun", { params: { project }, body })).id;
  };
  const get: TypesServer["get"] = (run, project) => client.call("getRun", { params: { project, run } });
  return {
    product,
    client,
    watch,
    start,
    get,
    async register(document, project, grants) {
      const registered = { ...document, metadata: { ...(document["metadata"] as JsonObject), owner: project } }; // the documents above are JSON
      await client.call("registerJobType", { params: { project }, body: JSON.stringify(registered) });
      const type = typeOf(document);
      const body = grants === undefined ? {} : { grants };
      await client.call("grantJobType", { params: { type, grantee: project }, body });
    },
    async run(type, input, where) {
      const id = await start(type, input, where);
      await watch(id, where.project);
      return get(id, where.project);
    },
    stop: () => product.stop(),
  };
}

function typeOf({ metadata }: JsonObject): string {
  return textAt(metadata, "name");
}

function freePort(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(String(typeof address === "object" ? address?.port : 0)));
    });
  });
}

/** The address of this machine for pods: that of the API server, which runs here. */
async function hostAddress(): Promise<string> {
  const text = await kubectl([
    "get",
    "endpointslices",
    "-n",
    "default",
    "-l",
    "kubernetes.io/service-name=kubernetes",
    "-o",
    "jsonpath={.items[0].endpoints[0].addresses[0]}",
  ]);
  const own = Object.values(networkInterfaces()).flatMap((all) => all?.map((one) => one.address) ?? []);
  if (own.includes(text.trim())) return text.trim();
  throw new Error(`this test needs a cluster whose API server is at an address of this machine, not at ${text}`);
}
