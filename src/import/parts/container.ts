// The containers of a Kubernetes pod. The main container becomes properties and traits of the component; further
// containers become items of the traits init and sidecar.
import type { Path } from "../../model/data/pointer.ts";
import { nextOf, place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  type FieldRules,
  field,
  type InputPart,
  itemsOf,
  needless,
  refuse,
  take,
  textOf,
  wordOf,
} from "../mapping/rules.ts";
import { envList, type ObjectNames } from "./env.ts";
import { preStop } from "./preStop.ts";
import { probe } from "./probe.ts";
import { resources } from "./resources.ts";
import type { OwnPods } from "./scheduling.ts";
import { mountInMain, type Volume, type VolumeClaimLookup } from "./volumes.ts";

export interface PodShared extends ObjectNames, VolumeClaimLookup, OwnPods {
  readonly volumes: Map<string, Volume | undefined>;
  /** Named ports of the main container. */
  readonly ports: ReadonlyMap<string, number>;
}

const MAIN_NAME = words("the main container is named after the component", "主容器与组件同名");
const LINK = words("names the storage that is mounted", "指向被挂载的 storage");
const NO_STORAGE = advised(
  ["the volume that it mounts could not be imported", "其挂载的卷未能导入"],
  ["see the report about this volume", "参见报告中对该卷的说明"],
);
const LIFECYCLE = advised(
  ["only the main container can have a hook, and only the hook preStop", "仅主容器支持钩子，且只有 preStop"],
  [
    "let the program handle SIGTERM, or prepare things in a container of the trait init",
    "请在程序中处理 SIGTERM，或用 init 特征做准备工作",
  ],
);
const PORTS_INFORMAL = words("not needed: ports are taken from the Service", "无需填写：端口取自 Service");
const PORT_NAME = words(
  "not needed: references by this name now use the number of the port",
  "无需填写：按名称引用处已改为端口号",
);
const ALSO_MAIN = words("also mounted in the main container, at the same path", "同时以相同路径挂载到主容器");

const MAIN: FieldRules<PodShared> = {
  name: needless(MAIN_NAME),
  image: take("properties", "image"),
  command: take("properties", "command"),
  args: take("properties", "args"),
  workingDir: take("properties", "workingDirectory"),
  imagePullPolicy: take("properties", "imagePullPolicy"),
  env: (part) => envList(part, ["traits", "env"]),
  envFrom,
  resources: (part) => resources(part, ["traits", "resources"]),
  livenessProbe: (part) => probe(part, ["traits", "probes", "liveness"], part.shared.ports),
  readinessProbe: (part) => probe(part, ["traits", "probes", "readiness"], part.shared.ports),
  startupProbe: (part) => probe(part, ["traits", "probes", "startup"], part.shared.ports),
  volumeMounts: (part) => {
    for (const mount of itemsOf(part)) mainMount(mount);
  },
  ports: needless(PORTS_INFORMAL),
  lifecycle: (part) => {
    const before = field(part, "preStop");
    if (before) preStop(before, part.shared.ports);
    say(part.importing.ledger, part.at, "unsupported", LIFECYCLE);
  },
  terminationMessagePath: needless(words("not needed", "无需填写")),
  terminationMessagePolicy: needless(words("not needed", "无需填写")),
};

export function mainContainer(part: InputPart<PodShared>): void {
  applyRules(MAIN, part);
}

/** All keys of a ConfigMap or Secret become variables: in kubemin, by a storage item without a mountPath. */
function envFrom(part: InputPart<PodShared>): void {
  for (const item of itemsOf(part)) {
    for (const [key, type, kind] of [
      ["configMapRef", "config", "ConfigMap"],
      ["secretRef", "secret", "Secret"],
    ] as const) {
      const name = field(field(item, key) ?? item, "name");
      if (field(item, key) === undefined || name === undefined) continue;
      const to = nextOf(part.draft, ["traits", "storage"]);
      place(part.draft, [...to, "type"], type);
      const called = part.shared.called(kind, wordOf(name.value));
      const words = called === name.value ? undefined : MAIN_NAME;
      put(part.importing.ledger, { draft: part.draft, path: [...to, "name"] }, called, name.at, words);
    }
  }
}

function mainMount(mount: InputPart<PodShared>): void {
  const volume = mount.shared.volumes.get(wordOf(field(mount, "name")?.value));
  if (volume === undefined) say(mount.importing.ledger, mount.at, "unsupported", NO_STORAGE);
  else mountInMain(mount, volume);
}

const extraRules = (to: Path): FieldRules<PodShared> => ({
  name: take(...to, "name"),
  image: take(...to, "image"),
  command: take(...to, "command"),
  args: take(...to, "args"),
  workingDir: take(...to, "workingDirectory"),
  imagePullPolicy: take(...to, "imagePullPolicy"),
  env: (part) => envList(part, [...to, "env"]),
  resources: (part) => resources(part, [...to, "resources"]),
  volumeMounts: (part) => {
    for (const mount of itemsOf(part)) extraMount(mount, to);
  },
  lifecycle: refuse(LIFECYCLE),
});

const probeRules = (to: Path, ports: ReadonlyMap<string, number>): FieldRules<PodShared> => ({
  livenessProbe: (part) => probe(part, [...to, "probes", "liveness"], ports),
  readinessProbe: (part) => probe(part, [...to, "probes", "readiness"], ports),
  startupProbe: (part) => probe(part, [...to, "probes", "startup"], ports),
});

/**
 * Imports a further container as an item of the trait. An init container with restartPolicy Always is a native sidecar.
 */
export function extraContainer(part: InputPart<PodShared>, trait: "init" | "sidecar"): void {
  const { draft } = part;
  const to = nextOf(draft, ["traits", trait]);
  applyRules({ ...extraRules(to), ...(trait === "sidecar" ? probeRules(to, namedPorts(part)) : {}) }, part);
  const { ledger } = part.importing;
  for (const [index, port] of (trait === "sidecar"
    ? itemsOf(field(part, "ports") ?? { ...part, value: [] })
    : []
  ).entries()) {
    const number = field(port, "containerPort");
    if (number) put(ledger, { draft, path: [...to, "ports", index] }, number.value, number.at);
    const name = field(port, "name");
    if (name) say(ledger, name.at, "changed", PORT_NAME, { draft, path: to });
  }
  const restart = field(part, "restartPolicy");
  if (restart?.value === "Always")
    say(ledger, restart.at, "changed", words("became a sidecar", "改为边车容器"), { draft, path: to });
}

/**
 * Imports a mount. A volume that the main container does not mount is also mounted there, because the storage trait
 * requires it.
 */
function extraMount(mount: InputPart<PodShared>, to: Path): void {
  const { draft, importing, shared } = mount;
  const volume = shared.volumes.get(wordOf(field(mount, "name")?.value));
  if (volume === undefined) return say(importing.ledger, mount.at, "unsupported", NO_STORAGE);
  const path = nextOf(draft, [...to, "mounts"]);
  put(importing.ledger, { draft, path: [...path, "name"] }, volume.name, [...mount.at, "name"], LINK);
  const inMain = hasStorage(mount, volume);
  for (const key of ["mountPath", "subPath", "readOnly"] as const) {
    const given = field(mount, key);
    if (given === undefined) continue;
    const words = key === "mountPath" && !inMain ? ALSO_MAIN : undefined;
    put(importing.ledger, { draft, path: [...path, key] }, given.value, given.at, words);
  }
  if (!inMain) mountInMain(mount, volume);
}

function hasStorage({ draft }: InputPart<PodShared>, volume: Volume): boolean {
  const items = valueAt(draft, ["traits", "storage"]);
  const key = volume.object === "" ? volume.name : volume.object;
  return (
    Array.isArray(items) &&
    items.some((item) => typeof item === "object" && item !== null && "name" in item && item["name"] === key)
  );
}

/** Name -> number of the container's named ports. */
export function namedPorts(container: InputPart<unknown> | undefined): ReadonlyMap<string, number> {
  const ports = container === undefined ? undefined : field(container, "ports");
  return new Map(
    (ports === undefined ? [] : itemsOf(ports)).flatMap((port) => {
      const [name, number] = [textOf(field(port, "name")?.value), field(port, "containerPort")?.value];
      return name !== undefined && typeof number === "number" ? [[name, number] as const] : [];
    }),
  );
}
