// The hook preStop of a Kubernetes container becomes a part of the trait `lifecycle`.
import { put, say } from "../mapping/ledger.ts";
import { NAMED_PORT, WITH_UNIT, words } from "../mapping/reportWords.ts";
import { field, type InputPart, take, textOf, turn } from "../mapping/rules.ts";

const TO = ["traits", "lifecycle", "preStop"];

export function preStop(part: InputPart<unknown>, ports: ReadonlyMap<string, number>): void {
  const command = field(field(part, "exec") ?? part, "command");
  if (command) take(...TO, "exec")(command);
  const sleep = field(field(part, "sleep") ?? part, "seconds");
  if (sleep) turn([...TO, "sleep"], (value) => (typeof value === "number" ? `${value}s` : undefined), WITH_UNIT)(sleep);
  const request = field(part, "httpGet");
  if (request) httpGet(request, ports);
}

function httpGet(request: InputPart<unknown>, ports: ReadonlyMap<string, number>): void {
  const path = field(request, "path");
  if (path) take(...TO, "http", "path")(path);
  const port = field(request, "port");
  const number = port && ports.get(textOf(port.value) ?? "");
  if (port) {
    const target = { draft: port.draft, path: [...TO, "http", "port"] };
    put(port.importing.ledger, target, number ?? port.value, port.at, number === undefined ? undefined : NAMED_PORT);
  }
  const scheme = field(request, "scheme");
  if (scheme?.value === "HTTP") say(scheme.importing.ledger, scheme.at, "changed", words("not needed", "无需填写"));
}
