// Random updates and deletes of a small application, against the real API server behind a proxy that spoils requests and cuts watches. Whatever
// happens: in the end the cluster holds exactly what the model says, and what belongs to others was never touched.
// KUBEMIN_TEST_UPDATES says how many (default 30), KUBEMIN_TEST_SEED which (default: by the clock; a failure prints it).
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig, type JsonObject } from "../../src/model/json.ts";
import { BUSYBOX } from "./support/documents.ts";
import { contextName, kubeconfig } from "./support/environment.ts";
import { type FaultyApi, startFaultyApi } from "./support/faultyApi.ts";
import { apply, dropNamespace, list, makeNamespace } from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

const COUNT = Number(process.env["KUBEMIN_TEST_UPDATES"] ?? 30);
const SEED = Number(process.env["KUBEMIN_TEST_SEED"] ?? Date.now() % 1_000_000);

/** mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = randomOf(SEED);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T; // never of an empty list

let product: Product;
let namespace: string;
let api: FaultyApi;

beforeAll(async () => {
  namespace = await makeNamespace();
  api = await startFaultyApi({
    kubeconfig: kubeconfig(),
    context: contextName(),
    file: join(process.env["TMPDIR"] ?? "/tmp", `${namespace}.kubeconfig`),
    random: randomOf(SEED + 1),
    share: 0.08,
  });
  product = await startProduct({ kubeconfig: api.kubeconfig });
});

afterAll(async () => {
  await product?.stop();
  await api?.close();
  await dropNamespace(namespace);
});

/** What the application consists of; the names are few, so that things come back, and change what they are. */
type Model = Map<string, { readonly type: "config" | "secret" | "worker" | "store"; readonly value: number }>;
const NAMES = ["a", "b", "c", "d"];
const TYPES = ["config", "config", "secret", "worker", "store"] as const;

const sleeps = (value: number): JsonObject => ({
  image: BUSYBOX,
  command: ["sh", "-c", `trap 'exit 0' TERM; echo ${value}; sleep infinity & wait`],
});

function documentOf(model: Model): JsonObject {
  const components = [...model].map(([name, { type, value }]) => {
    const data = { value: String(value) };
    const properties: JsonObject =
      type === "config" || type === "secret"
        ? { data }
        : type === "worker"
          ? { ...sleeps(value), replicas: 0 }
          : { ...sleeps(value), port: 80, replicas: 0, volume: false };
    return { name, type, properties };
  });
  return { name: "random", namespace, components };
}

function change(model: Model): void {
  const name = pick(NAMES);
  if (model.has(name) && random() < 0.3 && model.size > 1) model.delete(name);
  else model.set(name, { type: pick(TYPES), value: Math.floor(random() * 5) });
}

/** `ConfigMap/a 3`: every object of ours with the value that it carries. */
function wanted(model: Model): readonly string[] {
  return [...model]
    .flatMap(([name, { type, value }]) => {
      if (type === "config") return [`ConfigMap/${name} ${value}`];
      if (type === "secret") return [`Secret/${name} ${value}`];
      if (type === "worker") return [`Deployment/${name} ${value}`];
      return [`StatefulSet/${name} ${value}`, `Service/${name}`, `Service/${name}-pods`];
    })
    .toSorted();
}

async function present(selector: string): Promise<readonly string[]> {
  const objects = await list(namespace, "configmaps,secrets,deployments,statefulsets,services", "--selector", selector);
  return objects
    .map((one) => {
      const stored = dig(one, "data", "value");
      const command = dig(one, "spec", "template", "spec", "containers", 0, "command", 2);
      const value: unknown =
        one.kind === "Secret"
          ? Buffer.from(String(stored), "base64").toString()
          : (stored ?? /echo (\d+)/.exec(String(command))?.[1]);
      return `${one.kind}/${one.metadata.name}${typeof value === "string" ? ` ${value}` : ""}`;
    })
    .toSorted();
}

const FOREIGN = "foreign=yes";
const foreign = async (): Promise<readonly string[]> =>
  (await list(namespace, "configmaps,secrets,services,deployments", "--selector", FOREIGN))
    .map((one) => `${one.kind}/${one.metadata.name} ${one.metadata.uid} ${one.metadata.resourceVersion}`)
    .toSorted();

describe(`${COUNT} random updates behind a faulty API server (seed ${SEED})`, () => {
  it(
    "end as the model says, and never touch what belongs to others",
    async () => {
      const labels = { foreign: "yes", "app.kubernetes.io/part-of": "random", "app.kubernetes.io/instance": "random" };
      // Neighbours that look like ours in everything but the labels that count; one of each kind that the application makes.
      await apply(
        namespace,
        { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a-pods", labels }, data: { value: "0" } },
        { apiVersion: "v1", kind: "Secret", metadata: { name: "b-other", labels } },
        { apiVersion: "v1", kind: "Service", metadata: { name: "c-other", labels }, spec: { ports: [{ port: 80 }] } },
      );
      const before = await foreign();
      const model: Model = new Map([["a", { type: "config", value: 0 }]]);
      const told: string[] = [];
      let alive = false;
      for (let step = 0; step < COUNT; step++) {
        if (alive && random() < 0.1) {
          const gone = await product.kubemin("delete", "random", "--yes");
          if (gone.code === 0) {
            expect(await present("kubemin.dev/application=random"), `step ${step}: deleted`).toEqual([]);
            alive = false;
          } else told.push(`${step} delete: ${gone.stderr.trim()}`);
          continue;
        }
        change(model);
        const result = await product.kubemin(
          "deploy",
          product.file("random.json", documentOf(model)),
          "--yes",
          "--timeout",
          "90s",
        );
        // A deploy may fail here and there: what counts is that a failure is told, and that the next one puts everything right.
        alive = true;
        if (result.code === 0)
          expect(await present("kubemin.dev/application=random"), `step ${step}: ${result.stderr}`).toEqual(
            wanted(model),
          );
        else told.push(`${step} deploy: ${result.stderr.trim()}`);
        expect(await foreign(), `step ${step}`).toEqual(before);
      }
      api.calm();
      const last = await product.kubemin("deploy", product.file("random.json", documentOf(model)), "--yes");
      expect(last.code, last.stderr).toBe(0);
      expect(await present("kubemin.dev/application=random")).toEqual(wanted(model));
      expect(await foreign()).toEqual(before);
      const spoilt = [...api.faults].map(([kind, count]) => `${kind}: ${count}`).join(", ");
      if (process.env["KUBEMIN_TEST_VERBOSE"]) process.stderr.write(`${told.join("\n\n")}\n`);
      process.stderr.write(`seed ${SEED}: ${COUNT} steps, ${told.length} told failures; spoilt requests: ${spoilt}\n`);
      expect(api.faults.size).toBeGreaterThanOrEqual(COUNT >= 30 ? 4 : 1);
      expect(told.length, told.join("\n\n")).toBeLessThan(Math.max(3, COUNT / 10));
    },
    60_000 + COUNT * 20_000,
  );
});
