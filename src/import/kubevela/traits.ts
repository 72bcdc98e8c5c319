// Traits of KubeVela. https://kubevela.io/docs/end-user/traits/references/
import { isObject } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { nextOf, place, valueAt } from "../mapping/importDraft.ts";
import { giveUp, put, say } from "../mapping/ledger.ts";
import { AUTOSCALER_DECIDES, advised, DEFAULT_ALREADY, words } from "../mapping/reportWords.ts";
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
} from "../mapping/rules.ts";
import { labelsRule } from "../parts/metadata.ts";
import { resources } from "../parts/resources.ts";
import { ONE_ROUTE, type RoutePath, writePaths } from "../parts/route.ts";
import { tolerations } from "../parts/scheduling.ts";
import { amount, claimSize, env, moveFields, probeTo } from "./components.ts";

const FOR_WHOM = needless(words("the main container", "主容器"));
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

const GATEWAY: Rules = {
  domain: take("traits", "route", "host"),
  class: take("traits", "route", "class"),
  classInSpec: needless(DEFAULT_ALREADY),
  secretName: take("traits", "route", "tls"),
  name: needless(words("it is called like its component", "与组件同名")),
};

/** `http: {"/api": 8080}`: a port for each path. */
const gateway: Rule = (spot) => {
  const { draft, importing } = spot;
  const http = field(spot, "http") ?? { ...spot, value: {} };
  const type = field(spot, "pathType");
  const paths = fieldsOf(http).map(
    ([path, port]): RoutePath => ({
      path: { value: path, from: undefined },
      type,
      port: { value: port.value, from: port, words: PATH },
    }),
  );
  if (!writePaths(draft, paths)) return say(importing.ledger, spot.at, "unsupported", ONE_ROUTE);
  const target = { draft, path: ["traits", "route", "kind"] };
  say(importing.ledger, [...spot.at.slice(0, -1), "type"], "changed", GATEWAY_KIND, target);
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

const autoscaler: Rule = (spot) => {
  applyRules(SCALER, spot);
  const replicas = { draft: spot.draft, path: ["properties", "replicas"] };
  if (valueAt(spot.draft, replicas.path) !== undefined)
    giveUp(spot.importing.ledger, replicas, AUTOSCALER_DECIDES, ["traits", "scaling"]);
};

const all =
  (rules: Rules): Rule =>
  (spot) =>
    applyRules(rules, spot);

const OWN_ACCOUNT = advised(
  ["an account with rights of its own is made by other traits", "带权限的账户由其他特征创建"],
  ["use the traits serviceAccount and rbac", "请使用 serviceAccount 与 rbac 特征"],
);

/** A port that is served already needs no second word. */
const expose: Rule = (spot) => {
  const { draft, importing } = spot;
  for (const item of itemsOf(field(spot, "port") ?? { ...spot, value: [] })) {
    const list = valueAt(draft, ["properties", "ports"]);
    const served = Array.isArray(list) ? list.map((one) => (isObject(one) ? one["port"] : undefined)) : [];
    const present = [valueAt(draft, ["properties", "port"]), ...served].filter((one) => one !== undefined);
    const target = { draft, path: ["properties"] };
    if (present.includes(item.value)) say(importing.ledger, item.at, "changed", SERVED_ALREADY, target);
    else if (present.length === 0) put(importing.ledger, { draft, path: ["properties", "port"] }, item.value, item.at);
    else say(importing.ledger, item.at, "unsupported", SECOND_PORT);
  }
  const type = field(spot, "type");
  if (type?.value === "ClusterIP") needless(DEFAULT_ALREADY)(type);
  else if (type) take("traits", "service", "type")(type);
  const annotations = field(spot, "annotations");
  if (annotations) take("traits", "service", "annotations")(annotations);
};

const SERVED_ALREADY = words("not needed: the port is served already", "无需填写：该端口已提供");
const SECOND_PORT = advised(
  ["a port that the component does not name", "组件未声明该端口"],
  ["add it to the ports of the component", "请加入组件的 ports"],
);

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
  labels: labelsRule("labels", ["objects", "pods"]),
  annotations: labelsRule("annotations", ["objects", "pods"]),
  hpa: autoscaler,
  cpuscaler: autoscaler,
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
