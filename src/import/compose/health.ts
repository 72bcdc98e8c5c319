// A Compose health check becomes a readiness probe: both show when other programs can rely on the program, and neither
// restarts it.
import type { Json } from "../../model/data/json.ts";
import { literalText } from "../../model/kubernetes/kubeletExpansion.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  asDuration,
  type FieldRule,
  type FieldRules,
  field,
  needless,
  refuse,
  take,
  turn,
} from "../mapping/rules.ts";

const TO = ["traits", "probes", "readiness"];
const COMMAND = words("became a command that the readiness probe runs", "改为就绪探测执行的命令");
const NONE = words("no probe is written; kubemin still checks the port", "不写探测；kubemin 仍会探测端口");

function command(value: Json): Json | undefined {
  const shell = (line: string): Json => ["sh", "-c", literalText(line)];
  if (typeof value === "string") return shell(value);
  if (!Array.isArray(value) || !value.every((word: Json) => typeof word === "string")) return undefined;
  const [how, ...rest] = value;
  if (how === "CMD-SHELL") return shell(rest.join(" "));
  return how === "CMD" ? rest.map((word) => literalText(word)) : undefined;
}

const RULES: FieldRules = {
  test: turn([...TO, "exec", "command"], command, COMMAND),
  interval: turn([...TO, "every"], asDuration, COMMAND),
  timeout: turn([...TO, "timeout"], asDuration, COMMAND),
  retries: take(...TO, "failures"),
  start_period: ({ value, at, draft, importing }) =>
    put(
      importing.ledger,
      { draft, path: [...TO, "after"] },
      value,
      at,
      words("the first probe waits for the same time", "首次探测等待同样时长"),
    ),
  start_interval: refuse(
    advised(["a probe has only one interval", "探测只有一个间隔"], ["use a startup probe", "请使用 startup 探测"]),
  ),
  disable: needless(NONE),
};

export const healthcheck: FieldRule = (part) => {
  const test = field(part, "test")?.value;
  const none = test === "NONE" || (Array.isArray(test) && test[0] === "NONE");
  if (none || field(part, "disable")?.value === true || test === undefined)
    say(part.importing.ledger, part.at, "changed", NONE, { draft: part.draft, path: ["traits"] });
  else applyRules(RULES, part);
};
