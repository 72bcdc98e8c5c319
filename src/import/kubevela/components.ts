// The table of KubeVela's component types and the fields of their properties.
// https://kubevela.io/docs/end-user/components/references/
import type { Json } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { nextOf, place } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, STORAGE_ITEM, WITH_UNIT, words } from "../mapping/reportWords.ts";
import {
  type FieldRule,
  type FieldRules,
  field,
  type InputPart,
  itemsOf,
  needless,
  onlyIf,
  refuse,
  take,
  turn,
  wordOf,
} from "../mapping/rules.ts";
import { envList, type ObjectNames } from "../parts/env.ts";
import { labelsRule } from "../parts/metadata.ts";
import { probe } from "../parts/probe.ts";
import { sizeInto } from "../parts/volumes.ts";

const NO_PORTS: ReadonlyMap<string, number> = new Map();
const AS_THEY_ARE: ObjectNames = { called: (_kind, name) => name };
const named =
  (rule: (part: InputPart<ObjectNames>) => void): FieldRule =>
  (part) =>
    rule({ ...part, shared: AS_THEY_ARE });
export const env = (...to: readonly (string | number)[]): FieldRule => named((part) => envList(part, to));
export const probeTo =
  (...to: readonly (string | number)[]): FieldRule =>
  (part) =>
    probe(part, to, NO_PORTS);

const BOTH = words("became both the request and the limit, as in KubeVela", "同时作为请求与上限，与 KubeVela 一致");
export const amount =
  (name: string, base: Path): FieldRule =>
  (part) => {
    place(part.draft, [...base, name], part.value);
    put(part.importing.ledger, { draft: part.draft, path: [...base, "limits", name] }, part.value, part.at, BOTH);
  };

const serviceType: FieldRule = (part) =>
  part.value === "ClusterIP" ? needless(DEFAULT_ALREADY)(part) : take("traits", "service", "type")(part);

const ports: FieldRule = (list) => {
  const { draft, importing } = list;
  for (const item of itemsOf(list)) {
    const to = nextOf(draft, ["properties", "ports"]);
    const number = field(item, "port");
    const name = field(item, "name");
    const expose = field(item, "expose");
    place(draft, [...to, "name"], name?.value ?? `p-${wordOf(number?.value)}`);
    if (name) put(importing.ledger, { draft, path: [...to, "name"] }, name.value, name.at);
    if (number) put(importing.ledger, { draft, path: [...to, "port"] }, number.value, number.at);
    const container = field(item, "containerPort");
    if (container) put(importing.ledger, { draft, path: [...to, "containerPort"] }, container.value, container.at);
    const protocol = field(item, "protocol");
    if (protocol) put(importing.ledger, { draft, path: [...to, "protocol"] }, protocol.value, protocol.at);
    if (expose)
      needless(
        words(
          "not needed: every port of a component is served inside the cluster",
          "无需填写：组件的所有端口均在集群内提供",
        ),
      )(expose);
  }
};

const pullSecrets: FieldRule = (list) => {
  for (const [index, item] of itemsOf(list).entries())
    put(list.importing.ledger, { draft: list.draft, path: ["properties", "pullSecrets", index] }, item.value, item.at);
};

const PROGRAM: FieldRules = {
  image: take("properties", "image"),
  imagePullPolicy: take("properties", "imagePullPolicy"),
  imagePullSecrets: pullSecrets,
  cmd: take("properties", "command"),
  args: take("properties", "args"),
  env: env("traits", "env"),
  cpu: amount("cpu", ["traits", "resources"]),
  memory: amount("memory", ["traits", "resources"]),
  limit: (part) => {
    for (const key of ["cpu", "memory"]) {
      const given = field(part, key);
      if (given)
        put(
          part.importing.ledger,
          { draft: part.draft, path: ["traits", "resources", "limits", key] },
          given.value,
          given.at,
        );
    }
  },
  livenessProbe: probeTo("traits", "probes", "liveness"),
  readinessProbe: probeTo("traits", "probes", "readiness"),
  volumeMounts: (part) => mountedVolumes(part),
  labels: labelsRule("labels", ["objects", "pods"]),
  annotations: labelsRule("annotations", ["objects", "pods"]),
  addRevisionLabel: needless(words("not needed: kubemin marks revisions itself", "无需填写：kubemin 自行标记修订版本")),
};

const EXISTING = advised(
  ["an existing claim cannot be used", "不能使用已存在的存储卷声明"],
  ["give the storage a size: kubemin then creates a claim", "请为 storage 指定 size，由 kubemin 创建存储卷声明"],
);

/**
 * `volumeMounts: {pvc, configMap, secret, emptyDir, hostPath}`, each a list. The lists `pvc` and `hostPath` are not
 * supported.
 */
function mountedVolumes(part: InputPart<unknown>): void {
  const lists = {
    configMap: ["config", "cmName"],
    secret: ["secret", "secretName"],
    emptyDir: ["ephemeral", "name"],
  } as const;
  for (const [key, [type, source]] of Object.entries(lists)) {
    for (const item of itemsOf(field(part, key) ?? { ...part, value: [] })) {
      const to = nextOf(part.draft, ["traits", "storage"]);
      place(part.draft, [...to, "type"], type);
      moveFields(item, to, { mountPath: "mountPath", subPath: "subPath", [source]: "name", medium: "medium" });
      const name = field(item, "name");
      if (name) say(item.importing.ledger, name.at, "changed", STORAGE_ITEM, { draft: item.draft, path: to });
    }
  }
  const claims = field(part, "pvc");
  if (claims) refuse(EXISTING)(claims);
}

export function moveFields(item: InputPart<unknown>, to: Path, fields: { readonly [from: string]: string }): void {
  for (const [from, name] of Object.entries(fields)) {
    const given = field(item, from);
    if (given) put(item.importing.ledger, { draft: item.draft, path: [...to, name] }, given.value, given.at);
  }
}

const POLICIES = turn(
  ["properties", "concurrency"],
  (value: Json) => wordOf(value).toLowerCase(),
  words("written in kubemin's notation", "改用 kubemin 的写法"),
);
const seconds = (...to: readonly string[]): FieldRule =>
  turn(to, (value) => (typeof value === "number" ? `${value}s` : undefined), WITH_UNIT);
const RESTART = needless(words("not needed: kubemin decides about retries", "无需填写：由 kubemin 决定是否重试"));
const ONE = onlyIf(
  (value) => value === 1,
  DEFAULT_ALREADY,
  advised(["several pods of one task are not supported", "不支持一个任务多个 Pod"], ["split the task", "请拆分任务"]),
);
const SERVED: FieldRules = {
  ...PROGRAM,
  port: take("properties", "port"),
  ports,
  exposeType: serviceType,
};
const TASK: FieldRules = { ...PROGRAM, count: ONE, restart: RESTART };

const REPOSITORY = advised(
  ["charts come from a folder of the server, or are part of the document", "chart 来自服务器目录，或包含在文档中"],
  [
    "put the chart into the folder of kubemin serve --charts, or write it into the field archive",
    "请把 chart 放入 kubemin serve --charts 指定的目录，或写入 archive 字段",
  ],
);

interface Row {
  readonly type: string;
  readonly rules: FieldRules;
}

export const COMPONENTS: Readonly<Record<string, Row>> = {
  webservice: { type: "webservice", rules: SERVED },
  worker: { type: "worker", rules: PROGRAM },
  statefulset: { type: "store", rules: SERVED },
  daemon: { type: "daemon", rules: SERVED },
  task: { type: "task", rules: TASK },
  "cron-task": {
    type: "cron",
    rules: {
      ...TASK,
      schedule: take("properties", "schedule"),
      suspend: take("properties", "suspend"),
      concurrencyPolicy: POLICIES,
      startingDeadlineSeconds: seconds("properties", "startingDeadline"),
      successfulJobsHistoryLimit: take("properties", "keepSucceeded"),
      failedJobsHistoryLimit: take("properties", "keepFailed"),
      backoffLimit: take("properties", "retries"),
      activeDeadlineSeconds: seconds("properties", "timeLimit"),
    },
  },
  "k8s-objects": { type: "objects", rules: { objects: take("properties", "objects") } },
  helm: {
    type: "helm",
    rules: {
      chart: take("properties", "chart"),
      repoType: refuse(REPOSITORY),
      url: refuse(REPOSITORY),
      version: take("properties", "version"),
      values: take("properties", "values"),
    },
  },
};

/** Writes the requested size of a claim to the field `size` of a storage item. */
export function claimSize(resources: InputPart<unknown> | undefined, to: Path): void {
  const size = resources && field(field(resources, "requests") ?? resources, "storage");
  if (size) sizeInto(size, size.draft, [...to, "size"]);
}
