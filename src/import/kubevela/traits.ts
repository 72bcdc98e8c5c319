// Traits of KubeVela. https://kubevela.io/docs/end-user/traits/references/
import type { Path } from "../../model/pointer.ts";
import { nextOf, place, valueAt } from "../draft.ts";
import { put, say } from "../ledger.ts";
import { labelsRule } from "../parts/metadata.ts";
import { resources } from "../parts/resources.ts";
import {
  applyRules,
  field,
  fieldsOf,
  itemsOf,
  needless,
  onlyIf,
  type Rule,
  type Rules,
  refuse,
  type Spot,
  take,
  turn,
  wordOf,
} from "../rules.ts";
import { advised, DEFAULT_ALREADY, words } from "../words.ts";
import { amount, claimSize, env, moveFields, probeTo } from "./components.ts";

const FOR_WHOM = needless(words("the main container", "主容器"));
const ONE_ROUTE = advised(
  ["a component has one host and one path here", "一个组件只有一个主机与一个路径"],
  ["make a second component", "请再建一个组件"],
);
const GATEWAY_KIND = words("an Ingress, as KubeVela makes", "与 KubeVela 一样使用 Ingress");
const PATH = words("the path, and its port", "路径及其端口");
const CPU = words("became the wanted share of the CPU", "改为目标 CPU 使用率");
const STRATEGIES = new Map([
  ["RollingUpdate", "rolling"],
  ["Recreate", "recreate"],
]);
const NO_PLACE = advised(
  ["patches of rendered objects are not supported", "不支持修补渲染后的对象"],
  ["say what is meant with a trait, or use component type objects", "请用特征表达，或使用 objects 组件"],
);

/** `http: {"/api": 8080}`: the first path is the route's. */
const http: Rule = (spot) => {
  for (const [path, port] of fieldsOf(spot)) {
    const { draft, importing } = port;
    if (valueAt(draft, ["traits", "route", "path"]) !== undefined) {
      say(importing.ledger, port.at, "unsupported", ONE_ROUTE);
      continue;
    }
    place(draft, ["traits", "route", "path"], path);
    put(importing.ledger, { draft, path: ["traits", "route", "port"] }, port.value, port.at, PATH);
  }
};

const GATEWAY: Rules = {
  domain: take("traits", "route", "host"),
  http,
  class: take("traits", "route", "class"),
  classInSpec: needless(DEFAULT_ALREADY),
  secretName: take("traits", "route", "tls"),
  pathType: onlyIf(
    (value) => value === "Prefix" || value === "ImplementationSpecific",
    DEFAULT_ALREADY,
    advised(
      ["a route takes everything below its path", "route 匹配路径及其下的所有路径"],
      ["check that this is what you want", "请确认是否符合预期"],
    ),
  ),
  name: needless(words("it is called like its component", "与组件同名")),
};

const gateway: Rule = (spot) => {
  place(spot.draft, ["traits", "route"], { kind: "ingress" });
  const host = field(spot, "domain");
  if (host)
    say(spot.importing.ledger, [...spot.at.slice(0, -1), "type"], "changed", GATEWAY_KIND, {
      draft: spot.draft,
      path: ["traits", "route", "kind"],
    });
  applyRules(GATEWAY, spot);
};

const MOUNT_ONLY = onlyIf(
  (value) => value === false,
  DEFAULT_ALREADY,
  advised(
    ["whether it exists already is found out at the deployment", "是否已存在会在部署时判断"],
    ["leave out the data to use one that exists", "若使用已存在的对象，请不要写数据"],
  ),
);

const storage: Rule = (spot) => {
  for (const item of itemsOf(field(spot, "pvc") ?? { ...spot, value: [] })) {
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
  for (const item of itemsOf(field(spot, "emptyDir") ?? { ...spot, value: [] }))
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
    for (const item of itemsOf(field(spot, key) ?? { ...spot, value: [] })) sourceItem(item, type);
  }
};

function begin(item: Spot<unknown>, type: string): Path {
  const to = nextOf(item.draft, ["traits", "storage"]);
  place(item.draft, [...to, "type"], type);
  return to;
}

function sourceItem(item: Spot<unknown>, type: "config" | "secret"): void {
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

function toEnv(entry: Spot<unknown>, type: "config" | "secret", name: string): void {
  const [variable, key] = [field(entry, "envName"), field(entry, type === "config" ? "configMapKey" : "secretKey")];
  const to = ["traits", "env", wordOf(variable?.value)];
  place(entry.draft, [...to, type], name);
  if (key) put(entry.importing.ledger, { draft: entry.draft, path: [...to, "key"] }, key.value, key.at);
  if (variable) say(entry.importing.ledger, variable.at, "taken", undefined, { draft: entry.draft, path: to });
}

const MOUNTS = words("mounts the storage of that name", "挂载该名称的 storage");

/** `volumes: [{name, path}]` of a sidecar. */
const extraVolumes =
  (to: Path): Rule =>
  (list) => {
    for (const item of itemsOf(list)) {
      const mount = nextOf(list.draft, [...to, "mounts"]);
      moveFields(item, mount, { name: "name", path: "mountPath", mountPath: "mountPath" });
    }
  };

const extra =
  (trait: "init" | "sidecar"): Rule =>
  (spot) => {
    const to = nextOf(spot.draft, ["traits", trait]);
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
      spot,
    );
    if (trait === "init") sharedFolder(spot, to);
  };

/** `mountName` is a folder that the init container fills for the main one. */
function sharedFolder(spot: Spot<unknown>, to: Path): void {
  const [name, app, init] = [field(spot, "mountName"), field(spot, "appMountPath"), field(spot, "initMountPath")];
  if (app === undefined || init === undefined) return;
  const { draft, importing } = spot;
  const called = wordOf(name?.value ?? "workdir");
  const item = nextOf(draft, ["traits", "storage"]);
  place(draft, item, { type: "ephemeral", name: called });
  put(importing.ledger, { draft, path: [...item, "mountPath"] }, app.value, app.at);
  const mount = nextOf(draft, [...to, "mounts"]);
  place(draft, [...mount, "name"], called);
  put(importing.ledger, { draft, path: [...mount, "mountPath"] }, init.value, init.at);
  if (name) put(importing.ledger, { draft, path: [...item, "name"] }, called, name.at, MOUNTS);
}

const SCALER: Rules = {
  min: take("traits", "scaling", "min"),
  max: take("traits", "scaling", "max"),
  cpuUtil: take("traits", "scaling", "cpu"),
  targetAPIVersion: needless(words("it scales its component", "作用于其组件")),
  targetKind: needless(words("it scales its component", "作用于其组件")),
  cpu: (spot) => {
    const [type, value] = [field(spot, "type"), field(spot, "value")];
    if (type?.value !== undefined && type.value !== "Utilization") return;
    if (value)
      put(spot.importing.ledger, { draft: spot.draft, path: ["traits", "scaling", "cpu"] }, value.value, value.at);
    if (type)
      say(spot.importing.ledger, type.at, "changed", CPU, { draft: spot.draft, path: ["traits", "scaling", "cpu"] });
  },
};

const all =
  (rules: Rules): Rule =>
  (spot) =>
    applyRules(rules, spot);

export const TRAITS: Rules = {
  scaler: all({ replicas: take("properties", "replicas") }),
  env: all({
    env: (spot) => moveFields(spot, ["traits", "env"], Object.fromEntries(fieldsOf(spot).map(([key]) => [key, key]))),
    containerName: FOR_WHOM,
    replace: onlyIf((value) => value === false, DEFAULT_ALREADY, NO_PLACE),
  }),
  gateway,
  ingress: gateway,
  storage,
  sidecar: extra("sidecar"),
  "init-container": extra("init"),
  labels: labelsRule("labels"),
  annotations: labelsRule("annotations"),
  hpa: all(SCALER),
  cpuscaler: all(SCALER),
  resource: (spot) => {
    applyRules(
      { cpu: amount("cpu", ["traits", "resources"]), memory: amount("memory", ["traits", "resources"]) },
      spot,
    );
    resources(spot, ["traits", "resources"]);
  },
  command: all({ command: take("properties", "command"), args: take("properties", "args"), containerName: FOR_WHOM }),
  "container-image": all({
    image: take("properties", "image"),
    imagePullPolicy: take("properties", "imagePullPolicy"),
    containerName: FOR_WHOM,
  }),
  "startup-probe": probeTo("traits", "probes", "startup"),
  "k8s-update-strategy": (spot) => {
    const strategy = field(spot, "strategy");
    if (strategy === undefined) return;
    applyRules(
      {
        type: turn(
          ["properties", "update", "strategy"],
          (value) => STRATEGIES.get(wordOf(value)),
          words("in kubemin's words", "改用 kubemin 的写法"),
        ),
      },
      strategy,
    );
    const rolling = field(strategy, "rollingStrategy");
    if (rolling)
      moveFields(rolling, ["properties", "update"], { maxSurge: "maxSurge", maxUnavailable: "maxUnavailable" });
  },
  expose: all({
    port: (list) => {
      for (const item of itemsOf(list))
        put(list.importing.ledger, { draft: list.draft, path: ["properties", "port"] }, item.value, item.at);
    },
  }),
  "json-patch": refuse(NO_PLACE),
  "json-merge-patch": refuse(NO_PLACE),
};
