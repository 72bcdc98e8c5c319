// The table of KubeVela's traits. https://kubevela.io/docs/end-user/traits/references/
import { isObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { nextOf, place, valueAt } from "../mapping/importDraft.ts";
import { giveUp, put, say } from "../mapping/ledger.ts";
import { AUTOSCALER_DECIDES, advised, DEFAULT_ALREADY, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRule,
  type FieldRules,
  field,
  fieldsOf,
  type InputPart,
  itemsOf,
  needless,
  onlyIf,
  refuse,
  take,
  turn,
  wordOf,
} from "../mapping/rules.ts";
import { labelsRule } from "../parts/metadata.ts";
import { resources } from "../parts/resources.ts";
import { type ImportedPath, ONE_ROUTE, writePaths } from "../parts/route.ts";
import { tolerations } from "../parts/scheduling.ts";
import { amount, claimSize, env, moveFields, probeTo } from "./components.ts";

const FOR_WHOM = needless(words("not needed: it applies to the main container", "无需填写：作用于主容器"));
const GATEWAY_KIND = words(
  "became a route of kind ingress, as in KubeVela",
  "改为 ingress 类型的路由，与 KubeVela 一致",
);
const PATH = words("became a path and its port", "改为路径及其端口");
const CPU = words("became the target CPU utilization", "改为目标 CPU 使用率");
const STRATEGIES = new Map([
  ["RollingUpdate", "rolling"],
  ["Recreate", "recreate"],
]);
const NO_PLACE = advised(
  ["patches of rendered objects are not supported", "不支持修补渲染后的对象"],
  ["use a trait instead, or component type objects", "请改用特征，或使用 objects 组件"],
);

const GATEWAY: FieldRules = {
  domain: take("traits", "route", "host"),
  class: take("traits", "route", "class"),
  classInSpec: needless(DEFAULT_ALREADY),
  secretName: take("traits", "route", "tls"),
  name: needless(words("the object is named after its component", "对象与组件同名")),
};

/** The trait gateway. Its field `http` has a port for each path, as in {"/api": 8080}. */
const gateway: FieldRule = (part) => {
  const { draft, importing } = part;
  const http = field(part, "http") ?? { ...part, value: {} };
  const type = field(part, "pathType");
  const paths = fieldsOf(http).map(
    ([path, port]): ImportedPath => ({
      path: { value: path, from: undefined },
      type,
      port: { value: port.value, from: port, words: PATH },
    }),
  );
  if (!writePaths(draft, paths)) return say(importing.ledger, part.at, "unsupported", ONE_ROUTE);
  const target = { draft, path: ["traits", "route", "kind"] };
  say(importing.ledger, [...part.at.slice(0, -1), "type"], "changed", GATEWAY_KIND, target);
  applyRules(GATEWAY, part);
};

const MOUNT_ONLY = onlyIf(
  (value) => value === false,
  DEFAULT_ALREADY,
  advised(
    ["kubemin checks during the deployment whether the object exists", "kubemin 在部署时检查对象是否存在"],
    ["leave out the data to use an existing object", "若使用已存在的对象，请不要写数据"],
  ),
);

const storage: FieldRule = (part) => {
  for (const item of itemsOf(field(part, "pvc") ?? { ...part, value: [] })) {
    const to = begin(item, "persistent");
    moveFields(item, to, {
      name: "name",
      mountPath: "mountPath",
      subPath: "subPath",
      storageClassName: "storageClass",
      accessModes: "accessModes",
    });
    claimSize(field(item, "resources"), to);
    if (field(item, "resources") === undefined) place(item.draft, [...to, "size"], "8Gi");
    applyRules(
      { mountOnly: MOUNT_ONLY, volumeMode: onlyIf((value) => value === "Filesystem", DEFAULT_ALREADY, NO_PLACE) },
      item,
    );
  }
  for (const item of itemsOf(field(part, "emptyDir") ?? { ...part, value: [] }))
    moveFields(item, begin(item, "ephemeral"), {
      name: "name",
      mountPath: "mountPath",
      subPath: "subPath",
      medium: "medium",
    });
  for (const [key, type] of [
    ["configMap", "config"],
    ["secret", "secret"],
  ] as const) {
    for (const item of itemsOf(field(part, key) ?? { ...part, value: [] })) sourceItem(item, type);
  }
};

function begin(item: InputPart<unknown>, type: string): Path {
  const to = nextOf(item.draft, ["traits", "storage"]);
  place(item.draft, [...to, "type"], type);
  return to;
}

function sourceItem(item: InputPart<unknown>, type: "config" | "secret"): void {
  const { draft, importing } = item;
  const to = begin(item, type);
  moveFields(item, to, { name: "name", mountPath: "mountPath", subPath: "subPath" });
  if (type === "config") moveFields(item, to, { data: "data" });
  else moveFields(item, to, { stringData: "data" });
  for (const [key, value] of type === "secret" ? fieldsOf(field(item, "data") ?? { ...item, value: {} }) : [])
    put(
      importing.ledger,
      { draft, path: [...to, "data", key] },
      { base64: value.value },
      value.at,
      words("kept in base64, as {base64: …}", "保持 base64，写作 {base64: …}"),
    );
  applyRules({ mountOnly: MOUNT_ONLY, readOnly: needless(DEFAULT_ALREADY) }, item);
  const one = field(item, "mountToEnv");
  const all = [...(one ? [one] : []), ...itemsOf(field(item, "mountToEnvs") ?? { ...item, value: [] })];
  const name = field(item, "name")?.value;
  for (const entry of all) toEnv(entry, type, wordOf(name));
}

function toEnv(entry: InputPart<unknown>, type: "config" | "secret", name: string): void {
  const [variable, key] = [field(entry, "envName"), field(entry, type === "config" ? "configMapKey" : "secretKey")];
  const to = ["traits", "env", wordOf(variable?.value)];
  place(entry.draft, [...to, type], name);
  if (key) put(entry.importing.ledger, { draft: entry.draft, path: [...to, "key"] }, key.value, key.at);
  if (variable) say(entry.importing.ledger, variable.at, "taken", undefined, { draft: entry.draft, path: to });
}

const MOUNTS = words("mounts the storage of this name", "挂载该名称的 storage");

/** The list `volumes: [{name, path}]` of a sidecar or an init container. */
const extraVolumes =
  (to: Path): FieldRule =>
  (list) => {
    for (const item of itemsOf(list)) {
      const mount = nextOf(list.draft, [...to, "mounts"]);
      moveFields(item, mount, { name: "name", path: "mountPath", mountPath: "mountPath" });
    }
  };

const extra =
  (trait: "init" | "sidecar"): FieldRule =>
  (part) => {
    const to = nextOf(part.draft, ["traits", trait]);
    applyRules<unknown>(
      {
        name: take(...to, "name"),
        image: take(...to, "image"),
        imagePullPolicy: take(...to, "imagePullPolicy"),
        cmd: take(...to, "command"),
        args: take(...to, "args"),
        env: env(...to, "env"),
        volumes: extraVolumes(to),
        extraVolumeMounts: extraVolumes(to),
      },
      part,
    );
    if (trait === "init") sharedFolder(part, to);
  };

/** The fields of a folder that an init container fills for the main container; `mountName` is its name. */
function sharedFolder(part: InputPart<unknown>, to: Path): void {
  const [name, app, init] = [field(part, "mountName"), field(part, "appMountPath"), field(part, "initMountPath")];
  if (app === undefined || init === undefined) return;
  const { draft, importing } = part;
  const called = wordOf(name?.value ?? "workdir");
  const item = nextOf(draft, ["traits", "storage"]);
  place(draft, item, { type: "ephemeral", name: called });
  put(importing.ledger, { draft, path: [...item, "mountPath"] }, app.value, app.at);
  const mount = nextOf(draft, [...to, "mounts"]);
  place(draft, [...mount, "name"], called);
  put(importing.ledger, { draft, path: [...mount, "mountPath"] }, init.value, init.at);
  if (name) put(importing.ledger, { draft, path: [...item, "name"] }, called, name.at, MOUNTS);
}

const SCALER: FieldRules = {
  min: take("traits", "scaling", "min"),
  max: take("traits", "scaling", "max"),
  cpuUtil: take("traits", "scaling", "cpu"),
  targetAPIVersion: needless(words("not needed: it scales its own component", "无需填写：作用于其所属组件")),
  targetKind: needless(words("not needed: it scales its own component", "无需填写：作用于其所属组件")),
  cpu: (part) => {
    const [type, value] = [field(part, "type"), field(part, "value")];
    if (type?.value !== undefined && type.value !== "Utilization") return;
    if (value)
      put(part.importing.ledger, { draft: part.draft, path: ["traits", "scaling", "cpu"] }, value.value, value.at);
    if (type)
      say(part.importing.ledger, type.at, "changed", CPU, { draft: part.draft, path: ["traits", "scaling", "cpu"] });
  },
};

const autoscaler: FieldRule = (part) => {
  applyRules(SCALER, part);
  const replicas = { draft: part.draft, path: ["properties", "replicas"] };
  if (valueAt(part.draft, replicas.path) !== undefined)
    giveUp(part.importing.ledger, replicas, AUTOSCALER_DECIDES, ["traits", "scaling"]);
};

const all =
  (rules: FieldRules): FieldRule =>
  (part) =>
    applyRules(rules, part);

const OWN_ACCOUNT = advised(
  ["an account with rights is created by other traits", "带权限的账户由其他特征创建"],
  ["use the traits serviceAccount and rbac", "请使用 serviceAccount 与 rbac 特征"],
);

/** The trait expose. Ports that the component already serves are not added again. */
const expose: FieldRule = (part) => {
  const { draft, importing } = part;
  for (const item of itemsOf(field(part, "port") ?? { ...part, value: [] })) {
    const list = valueAt(draft, ["properties", "ports"]);
    const served = Array.isArray(list) ? list.map((one) => (isObject(one) ? one["port"] : undefined)) : [];
    const present = [valueAt(draft, ["properties", "port"]), ...served].filter((one) => one !== undefined);
    const target = { draft, path: ["properties"] };
    if (present.includes(item.value)) say(importing.ledger, item.at, "changed", SERVED_ALREADY, target);
    else if (present.length === 0) put(importing.ledger, { draft, path: ["properties", "port"] }, item.value, item.at);
    else say(importing.ledger, item.at, "unsupported", SECOND_PORT);
  }
  const type = field(part, "type");
  if (type?.value === "ClusterIP") needless(DEFAULT_ALREADY)(type);
  else if (type) take("traits", "service", "type")(type);
  const annotations = field(part, "annotations");
  if (annotations) take("traits", "service", "annotations")(annotations);
};

const SERVED_ALREADY = words("not needed: the component already serves this port", "无需填写：组件已提供该端口");
const SECOND_PORT = advised(
  ["the component does not have this port", "组件未声明该端口"],
  ["add it to the ports of the component", "请加入组件的 ports"],
);

export const TRAITS: FieldRules = {
  scaler: all({ replicas: take("properties", "replicas") }),
  env: all({
    env: (part) => moveFields(part, ["traits", "env"], Object.fromEntries(fieldsOf(part).map(([key]) => [key, key]))),
    containerName: FOR_WHOM,
    replace: onlyIf((value) => value === false, DEFAULT_ALREADY, NO_PLACE),
  }),
  gateway,
  ingress: gateway,
  storage,
  sidecar: extra("sidecar"),
  "init-container": extra("init"),
  labels: labelsRule("labels", ["objects", "pods"]),
  annotations: labelsRule("annotations", ["objects", "pods"]),
  hpa: autoscaler,
  cpuscaler: autoscaler,
  resource: (part) => {
    applyRules(
      { cpu: amount("cpu", ["traits", "resources"]), memory: amount("memory", ["traits", "resources"]) },
      part,
    );
    resources(part, ["traits", "resources"]);
  },
  command: all({ command: take("properties", "command"), args: take("properties", "args"), containerName: FOR_WHOM }),
  "container-image": all({
    image: take("properties", "image"),
    imagePullPolicy: take("properties", "imagePullPolicy"),
    containerName: FOR_WHOM,
  }),
  "startup-probe": probeTo("traits", "probes", "startup"),
  "k8s-update-strategy": (part) => {
    const strategy = field(part, "strategy");
    if (strategy === undefined) return;
    applyRules(
      {
        type: turn(
          ["properties", "update", "strategy"],
          (value) => STRATEGIES.get(wordOf(value)),
          words("written in kubemin's notation", "改用 kubemin 的写法"),
        ),
      },
      strategy,
    );
    const rolling = field(strategy, "rollingStrategy");
    if (rolling)
      moveFields(rolling, ["properties", "update"], { maxSurge: "maxSurge", maxUnavailable: "maxUnavailable" });
  },
  "readiness-probe": probeTo("traits", "probes", "readiness"),
  "liveness-probe": probeTo("traits", "probes", "liveness"),
  "service-account": all({
    name: take("traits", "serviceAccount", "use"),
    create: onlyIf((value) => value === false, DEFAULT_ALREADY, OWN_ACCOUNT),
    privileges: refuse(OWN_ACCOUNT),
  }),
  affinity: all({ tolerations }),
  expose,
  "json-patch": refuse(NO_PLACE),
  "json-merge-patch": refuse(NO_PLACE),
};
