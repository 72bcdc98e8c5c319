// Small documents for the tests, with images that every test cluster has.
import type { Json, JsonObject } from "../../../src/model/data/json.ts";

export const BUSYBOX = "busybox:1.36";

export interface Component extends JsonObject {
  readonly name: string;
  readonly type: string;
}

export interface Application extends JsonObject {
  readonly name: string;
  readonly namespace: string;
  readonly components: readonly Component[];
}

/** Properties that run a shell script. */
export const script = (text: string): JsonObject => ({ image: BUSYBOX, command: ["sh", "-c", text] });

/** A program that runs until it is asked to end, and then ends immediately. */
export const idle = (before = "true"): JsonObject => script(`trap 'exit 0' TERM; ${before}; sleep infinity & wait`);

export function worker(name: string, more: { readonly [field: string]: Json } = {}): Component {
  return { name, type: "worker", properties: idle(), ...more };
}

export function task(name: string, text: string, more: { readonly [field: string]: Json } = {}): Component {
  return { name, type: "task", properties: script(text), ...more };
}
