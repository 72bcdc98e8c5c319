// The model of the random updates: the parts of the application, their random changes, the document, and the objects
// that must be on the cluster.
import type { JsonObject } from "../../../src/model/data/json.ts";
import { BUSYBOX } from "./documents.ts";

const TYPES = ["config", "config", "secret", "worker", "store"] as const;

/** Only a few names, so that parts return, also with another type. */
export type Model = Map<string, { readonly type: (typeof TYPES)[number]; readonly value: number }>;

export interface Modelled {
  readonly application: string;
  readonly namespace: string;
  readonly names: readonly string[];
  readonly model: Model;
  readonly random: () => number;
}

/** The generator mulberry32: small, and the same on every machine. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function changeModel({ model, names, random }: Modelled): void {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T; // the list is never empty
  const name = pick(names);
  if (model.has(name) && random() < 0.3 && model.size > 1) model.delete(name);
  else model.set(name, { type: pick(TYPES), value: Math.floor(random() * 5) });
}

const sleeps = (value: number): JsonObject => ({
  image: BUSYBOX,
  command: ["sh", "-c", `trap 'exit 0' TERM; echo ${value}; sleep infinity & wait`],
});

export function documentOf({ application, namespace, model }: Modelled): JsonObject {
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
  return { name: application, namespace, components };
}

/** Every object of the application with its value: `ConfigMap/a 3`. */
export function wanted(model: Model): readonly string[] {
  return [...model]
    .flatMap(([name, { type, value }]) => {
      if (type === "config") return [`ConfigMap/${name} ${value}`];
      if (type === "secret") return [`Secret/${name} ${value}`];
      if (type === "worker") return [`Deployment/${name} ${value}`];
      return [`StatefulSet/${name} ${value}`, `Service/${name}`, `Service/${name}-pods`];
    })
    .toSorted();
}
