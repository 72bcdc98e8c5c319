// Expands the texts of a container as the kubelet does: byte by byte, so that a dollar sign before a letter that is not
// ASCII breaks that letter. Values from a Secret or a ConfigMap are never expanded.
import { Buffer } from "node:buffer";

export interface Variable {
  readonly name: string;
  readonly value: string;
  /** Whether the value comes from a Secret or ConfigMap, so that it is not expanded. */
  readonly asItIs?: boolean;
}

export function expanded(text: string, known: ReadonlyMap<string, string>): string {
  const input = Buffer.from(text, "utf8").toString("latin1");
  let output = "";
  for (let at = 0; at < input.length; at++) {
    const here = input.charAt(at);
    const next = input[at + 1];
    if (here !== "$" || next === undefined) {
      output += here;
      continue;
    }
    const close = next === "(" ? input.indexOf(")", at + 2) : -1;
    if (next === "$") output += "$";
    else if (next === "(" && close < 0) output += "$(";
    else if (next === "(") {
      const name = Buffer.from(input.slice(at + 2, close), "latin1").toString("utf8");
      output += Buffer.from(known.get(name) ?? `$(${name})`, "utf8").toString("latin1");
      at = close;
      continue;
    } else output += `$${Buffer.from(next, "utf8").toString("latin1")}`;
    at += 1;
  }
  return Buffer.from(output, "latin1").toString("utf8");
}

/** The environment of the program. Each variable may use the ones before it. */
export function variablesOf(list: readonly Variable[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { name, value, asItIs } of list) known.set(name, asItIs === true ? value : expanded(value, known));
  return known;
}
