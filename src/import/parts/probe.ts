// A probe of Kubernetes becomes a probe of kubemin.
import type { Json } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, NAMED_PORT, NOT_UNDERSTOOD, WITH_UNIT } from "../mapping/reportWords.ts";
import { field, type InputPart, onlyIf, textOf } from "../mapping/rules.ts";

const TIMES = { periodSeconds: "every", timeoutSeconds: "timeout", initialDelaySeconds: "after" } as const;
const ACTIONS = {
  httpGet: { name: "http", fields: ["path", "port", "scheme"] },
  tcpSocket: { name: "tcp", fields: ["port"] },
  exec: { name: "exec", fields: ["command"] },
  grpc: { name: "grpc", fields: ["port", "service"] },
} as const;
const ONCE_ONLY = advised(["one success is always enough", "始终一次成功即可"], ["leave it out", "请删除"]);

/** Imports a probe to the path `to`. `ports` maps the names of the container's ports to their numbers. */
export function probe(part: InputPart<unknown>, to: Path, ports: ReadonlyMap<string, number>): void {
  const { ledger } = part.importing;
  for (const [key, { name, fields }] of Object.entries(ACTIONS)) {
    const action = field(part, key);
    if (action === undefined) continue;
    for (const one of fields) {
      const inner = field(action, one);
      if (inner) actionField(inner, [...to, name, one], ports);
    }
    // An action without fields is still an action, and becomes an empty object.
    if (Object.keys(action.value ?? {}).length === 0)
      put(ledger, { draft: part.draft, path: [...to, name] }, {}, action.at);
  }
  for (const [key, ours] of Object.entries(TIMES)) {
    const time = field(part, key);
    if (time === undefined) continue;
    if (typeof time.value !== "number") say(ledger, time.at, "unsupported", NOT_UNDERSTOOD);
    else put(ledger, { draft: part.draft, path: [...to, ours] }, `${time.value}s`, time.at, WITH_UNIT);
  }
  const failures = field(part, "failureThreshold");
  if (failures) put(ledger, { draft: part.draft, path: [...to, "failures"] }, failures.value, failures.at);
  const successes = field(part, "successThreshold");
  if (successes) onlyIf((value) => value === 1, DEFAULT_ALREADY, ONCE_ONLY)(successes);
}

function actionField(
  { value, at, draft, importing }: InputPart<unknown>,
  path: Path,
  ports: ReadonlyMap<string, number>,
): void {
  const number = typeof value === "string" && path.at(-1) === "port" ? portNumber(value, ports) : undefined;
  put(importing.ledger, { draft, path }, number ?? value, at, number === undefined ? undefined : NAMED_PORT);
}

function portNumber(value: Json, ports: ReadonlyMap<string, number>): number | undefined {
  const text = textOf(value) ?? "";
  return ports.get(text) ?? (/^\d+$/.test(text) ? Number(text) : undefined);
}
