// A service of a Compose file becomes a component. This file has the table of its fields and chooses the component
// type.

import type { Json } from "../../model/data/json.ts";
import { literalText } from "../../model/kubernetes/kubeletExpansion.ts";
import { nameOf, nextOf, place } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, NOT_UNDERSTOOD, TYPE_CHOSEN, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRule,
  type FieldRules,
  field,
  fieldsOf,
  type InputPart,
  inside,
  itemsOf,
  needless,
  refuse,
  scalarOf,
  take,
  textOf,
  turn,
  wordOf,
} from "../mapping/rules.ts";
import { calledService, namedVolumes, type ServiceShared } from "./composeContext.ts";
import { healthcheck } from "./health.ts";
import { guessPort, refusePorts, wantedPorts, wellKnownPort, writePorts } from "./ports.ts";
import { REFUSALS } from "./refusals.ts";
import { constraints, RIGHTS, reservedDevices } from "./rights.ts";
import { files, sharedMemory, tmpfs, volumes } from "./storage.ts";
import { memory, splitWords } from "./text.ts";

type S = ServiceShared;
const WORDS = words("split into words", "拆分为单词列表");
const ENTRY = words("became an entry of env", "改为 env 的一项");
const READY = words("waits until it is ready (a task: until it has ended)", "等待其就绪（任务则等待其结束）");
const UNITS = words("written in the units of Kubernetes", "改用 Kubernetes 单位");
const POLICIES = new Map([
  ["always", "Always"],
  ["never", "Never"],
  ["missing", "IfNotPresent"],
  ["if_not_present", "IfNotPresent"],
]);
const OF_THE_SHELL = advised(
  ["its value comes from the machine where Compose runs", "其值来自运行 Compose 的机器"],
  [
    "write the value, or take it from a secret: {secret: NAME, key: KEY}",
    "请写出值，或取自 secret 组件：{secret: 名称, key: 键}",
  ],
);
const OTHER_LABELS = advised(
  ["labels of Compose are meant for other tools", "Compose 的标签用于其他工具"],
  ["use traits instead, e.g. route", "请改用特征，如 route"],
);

function line(value: Json): Json | undefined {
  if (typeof value === "string") return splitWords(value)?.map(literalText);
  return Array.isArray(value)
    ? value.map((word: Json) => (typeof word === "string" ? literalText(word) : word))
    : undefined;
}

const environment: FieldRule<S> = (part) => {
  const { ledger } = part.importing;
  for (const [name, one] of fieldsOf(part)) setVariable(one, name, one.value);
  for (const item of Array.isArray(part.value) ? itemsOf(part) : []) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(textOf(item.value) ?? "") ?? [];
    if (name !== undefined && value !== undefined)
      put(ledger, { draft: part.draft, path: ["traits", "env", name] }, literalText(value), item.at, ENTRY);
    else say(ledger, item.at, "unsupported", OF_THE_SHELL);
  }
};

function setVariable(one: InputPart<unknown>, name: string, value: Json): void {
  const { draft, importing } = one;
  const scalar = scalarOf(value);
  if (scalar === undefined)
    return say(importing.ledger, one.at, "unsupported", value === null ? OF_THE_SHELL : NOT_UNDERSTOOD);
  const text = typeof scalar === "string" ? literalText(scalar) : scalar;
  const words_ = text === scalar ? undefined : words("its dollar signs are written twice", "美元符号改为双写");
  put(importing.ledger, { draft, path: ["traits", "env", name] }, text, one.at, words_);
}

const NOT_READ = advised(
  ["the file cannot be read from here", "无法读取该文件"],
  ["put its lines into the trait env, or into a component of type secret", "请把其内容写入 env 特征或 secret 组件"],
);

const envFile: FieldRule<S> = (part) => {
  const items = Array.isArray(part.value) ? itemsOf(part) : [part];
  for (const item of items) {
    const path = textOf(item.value) ?? textOf(field(item, "path")?.value);
    const text = path === undefined ? undefined : item.importing.readBeside(path);
    if (text === undefined) {
      say(item.importing.ledger, item.at, "unsupported", NOT_READ);
      continue;
    }
    for (const [name, value] of variablesIn(text)) place(item.draft, ["traits", "env", name], literalText(value));
    say(item.importing.ledger, item.at, "changed", words("its lines became entries of env", "其内容改为 env 的各项"), {
      draft: item.draft,
      path: ["traits", "env"],
    });
  }
};

/** Variables of a file with NAME=VALUE lines. Quotes around a value are not part of it. */
function variablesIn(text: string): readonly (readonly [string, string])[] {
  return text.split(/\r?\n/).flatMap((one) => {
    const [, name, value = ""] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(one) ?? [];
    if (name === undefined) return [];
    const [, , inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
    return [[name, inner ?? value.replace(/\s+#.*$/, "")] as const];
  });
}

const dependsOn: FieldRule<S> = (part) => {
  for (const item of itemsOf(part)) dependency(item, wordOf(item.value));
  for (const [name, one] of Array.isArray(part.value) ? [] : fieldsOf(part)) {
    const condition = field(one, "condition");
    dependency(condition ?? one, name);
    const restart = field(one, "restart");
    if (restart?.value === false) needless(DEFAULT_ALREADY)(restart);
  }
};

function dependency(from: InputPart<S>, name: string): void {
  const { draft, importing, shared } = from;
  const called = calledService(shared.context, name) ?? name;
  const same = from.value === called;
  put(importing.ledger, { draft, path: nextOf(draft, ["dependsOn"]) }, called, from.at, same ? undefined : READY);
}

const restart: FieldRule<S> = (part) => {
  const task = part.shared.context.tasks.has(part.shared.name);
  const tries = /^on-failure:(\d+)$/.exec(wordOf(part.value))?.[1];
  if (task && tries !== undefined)
    return put(
      part.importing.ledger,
      { draft: part.draft, path: ["properties", "retries"] },
      Number(tries),
      part.at,
      words("became the number of retries after a failure", "改为失败后的重试次数"),
    );
  const ends = words(
    "the program runs permanently here and is always restarted; use type task for a program that ends",
    "程序在此处会一直运行并总是重启；会结束的程序请用 task 类型",
  );
  needless(task || ["always", "unless-stopped"].includes(wordOf(part.value)) ? DEFAULT_ALREADY : ends)(part);
};

const amounts = (...to: readonly string[]): FieldRule<S> =>
  inside<S>({
    cpus: turn([...to, "cpu"], (value) => scalarOf(value), UNITS),
    memory: turn([...to, "memory"], memory, UNITS),
  });

const ORDERS = new Map([
  ["start-first", "rolling"],
  ["stop-first", "recreate"],
]);

const deploy: FieldRules<S> = {
  mode: needless(TYPE_CHOSEN),
  replicas: take("properties", "replicas"),
  resources: inside<S>({
    limits: amounts("traits", "resources", "limits"),
    reservations: (part) => {
      amounts("traits", "resources")(part);
      const devices = field(part, "devices");
      if (devices) reservedDevices(devices);
    },
  }),
  placement: inside<S>({ constraints }),
  restart_policy: (part) => {
    const condition = field(part, "condition");
    if (condition) restart({ ...condition, value: condition.value === "any" ? "always" : condition.value });
  },
  update_config: inside<S>({
    order: turn(
      ["properties", "update", "strategy"],
      (value) => ORDERS.get(wordOf(value)),
      words("written in kubemin's notation", "改用 kubemin 的写法"),
    ),
  }),
  endpoint_mode: needless(words("not needed: a Service has one address", "无需填写：Service 只有一个地址")),
};

const networks: FieldRule<S> = (part) => {
  const plain = words("not needed: components can reach each other by name", "无需填写：组件之间均可按名称访问");
  if (Array.isArray(part.value)) return needless(plain)(part);
  for (const [, one] of fieldsOf(part))
    if (one.value === null || Object.keys(one.value).length === 0) needless(plain)(one);
  refuse(
    advised(
      ["network aliases and fixed addresses are not supported", "不支持网络别名与固定地址"],
      ["use the component's name", "请使用组件名"],
    ),
  )(part);
};

const SERVICE: FieldRules<S> = {
  image: take("properties", "image"),
  entrypoint: turn(["properties", "command"], line, WORDS),
  command: turn(["properties", "args"], line, WORDS),
  working_dir: take("properties", "workingDirectory"),
  pull_policy: turn(
    ["properties", "imagePullPolicy"],
    (value) => POLICIES.get(wordOf(value)),
    words("written in the notation of Kubernetes", "改用 Kubernetes 的写法"),
  ),
  env_file: envFile,
  environment,
  depends_on: dependsOn,
  scale: take("properties", "replicas"),
  volumes,
  tmpfs,
  shm_size: sharedMemory,
  configs: files("config"),
  secrets: files("secret"),
  healthcheck,
  restart,
  deploy: inside(deploy),
  cpus: turn(["traits", "resources", "limits", "cpu"], (value) => scalarOf(value), UNITS),
  mem_limit: turn(["traits", "resources", "limits", "memory"], memory, UNITS),
  mem_reservation: turn(["traits", "resources", "memory"], memory, UNITS),
  networks,
  labels: refuse(OTHER_LABELS),
  expose: () => undefined,
};

export function importService(part: InputPart<S>): void {
  const { context, name } = part.shared;
  const image = field(part, "image")?.value;
  const build = field(part, "build");
  if (image === undefined && build) placeImage(part, build);
  const task = context.tasks.has(name);
  const ports = wantedPorts(part);
  const guessed = ports.length === 0 ? wellKnownPort(image) : undefined;
  const served = ports.length > 0 || guessed !== undefined;
  place(part.draft, ["type"], typeOf(part, task, served));
  if (task || field(field(part, "deploy") ?? part, "mode")?.value === "global") refusePorts(part);
  else if (guessed !== undefined) guessPort(part, guessed);
  else writePorts(part);
  applyRules({ ...REFUSALS, ...RIGHTS, ...SERVICE }, part);
}

function typeOf(part: InputPart<S>, task: boolean, served: boolean): string {
  if (task) return "task";
  if (field(field(part, "deploy") ?? part, "mode")?.value === "global") return "daemon";
  if (!served) return "worker";
  const { volumes: owners } = part.shared.context;
  return namedVolumes(part).some((volume) => owners.get(volume) === part.shared.name) ? "store" : "webservice";
}

/**
 * A component must have an image. For a service that is built, this writes the name that Compose would give to the
 * built image.
 */
function placeImage(part: InputPart<S>, build: InputPart<S>): void {
  const image = `${nameOf({ body: part.importing.head.body })}-${nameOf(part.draft)}:latest`;
  place(part.draft, ["properties", "image"], image);
  const words_ = advised(
    [
      "kubemin deploys images but does not build them; the document names {image}",
      "kubemin 只部署镜像，不构建镜像；文档中写为 {image}",
    ],
    ["build and push the image, and write its name there", "请自行构建并推送，然后改为实际镜像名"],
    { image },
  );
  say(part.importing.ledger, build.at, "unsupported", words_);
}
