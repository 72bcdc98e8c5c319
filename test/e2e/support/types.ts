// A server for registered types: the real cluster, the example documents, and grants as an administrator gives them.

import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { AnswerOf } from "../../../src/api/client.ts";
import { systemClock } from "../../../src/engine/systemClock.ts";
import { type Grants } from "../../../src/isolation/capability.ts";
import { connectCluster } from "../../../src/kube/cluster.ts";
import { isObject, type JsonObject } from "../../../src/model/json.ts";
import type { RegisteredType } from "../../../src/registry/registered.ts";
import { registered, withTypes } from "../../registry/types.ts";
import { startTestServer, type TestServer } from "../../support/testServer.ts";
import { contextName, kubeconfig } from "./environment.ts";
import { kubectl } from "./kubectl.ts";
import { EXAMPLES } from "./product.ts";

export type Run = AnswerOf<"getRun">;

export interface TypesServer {
  readonly server: TestServer;
  register(document: JsonObject, grants?: Partial<Grants>): Promise<void>;
  start(
    type: string,
    input: JsonObject,
    more?: { readonly namespace?: string; readonly project?: string },
  ): Promise<string>;
  run(type: string, input: JsonObject, more?: { readonly namespace?: string; readonly project?: string }): Promise<Run>;
  close(): Promise<void>;
}

/** A document of examples/job-types, with parts of its spec replaced. */
export function example(name: string, spec: JsonObject = {}): JsonObject {
  const document: unknown = parse(readFileSync(join(EXAMPLES, "job-types", `${name}.yaml`), "utf8"));
  if (!isObject(document) || !isObject(document["spec"])) throw new Error(`${name}.yaml is no registration`);
  return { ...document, spec: { ...document["spec"], ...spec } };
}

export async function startTypes(): Promise<TypesServer> {
  const address = await hostAddress();
  const log = { write: () => {} };
  const cluster = await connectCluster({
    name: "real",
    kubeconfig: kubeconfig(),
    context: contextName(),
    clock: systemClock,
    log,
  });
  const types: RegisteredType[] = [];
  const server = await startTestServer({
    cluster,
    host: "0.0.0.0",
    publicUrl: (port) => `http://${address}:${port}`,
    jobTypes: (builtin) => ({
      find: (...given) => withTypes(builtin, types).find(...given),
      usable: (project) => withTypes(builtin, types).usable(project),
    }),
  });
  const start: TypesServer["start"] = async (type, input, { namespace, project = "default" } = {}) => {
    const body = { type, input, ...(namespace === undefined ? {} : { namespace }) };
    return (await server.client.call("startRun", { params: { project }, body })).id;
  };
  return {
    server,
    register: async (document, grants = {}) => {
      const { metadata, spec } = document;
      if (!isObject(metadata) || !isObject(spec)) throw new Error("no registration");
      const name = String(metadata["name"]);
      types.push(registered(name, spec, { grants }));
    },
    start,
    run: async (type, input, more = {}) => ended(server, await start(type, input, more), more.project ?? "default"),
    close: async () => {
      await server.close();
      await cluster.close();
    },
  };
}

export async function ended(server: TestServer, run: string, project = "default", seconds = 120): Promise<Run> {
  const call = { params: { project }, query: { run } };
  for await (const { data } of server.client.stream("streamEvents", call, AbortSignal.timeout(seconds * 1_000)))
    if (data.type === "run.finished") break;
  return server.client.call("getRun", { params: { project, run } });
}

/** Of this machine, as pods see it: the one that the API server is reached at, as it runs here. */
async function hostAddress(): Promise<string> {
  const slices = await kubectl([
    "get",
    "endpoints",
    "kubernetes",
    "-n",
    "default",
    "-o",
    "jsonpath={.subsets[0].addresses[0].ip}",
  ]);
  const own = Object.values(networkInterfaces()).flatMap((all) => all?.map((one) => one.address) ?? []);
  if (!own.includes(slices.trim()))
    throw new Error(`this test needs a cluster whose API server is at an address of this machine, not ${slices}`);
  return slices.trim();
}
