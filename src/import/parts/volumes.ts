// Volumes of a pod and their mounts become items of the storage trait. The main container mounts each item; further
// containers mount it by its name.
import type { Path } from "../../model/data/pointer.ts";
import { suggestName } from "../../model/kubernetes/name.ts";
import { type ImportDraft, nextOf, place } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import {
  advised,
  DEFAULT_ALREADY,
  NAMED_AS_COMPONENT,
  STORAGE_ITEM,
  WITH_UNIT,
  words,
} from "../mapping/reportWords.ts";
import { field, fieldsOf, type InputPart, itemsOf, onlyIf, textOf, wordOf } from "../mapping/rules.ts";
import type { ObjectNames } from "./env.ts";

/**
 * Finds the spec of a claim in the input by its name. Each claim can be taken once, because it belongs to one
 * component.
 */
export interface VolumeClaimLookup {
  readonly takeClaim: (name: string) => InputPart<unknown> | undefined;
}

type Shared = ObjectNames & VolumeClaimLookup;
type Kind = "persistent" | "ephemeral" | "config" | "secret" | "nfs";

export interface Volume {
  readonly kind: Kind;
  /** The source inside the volume, or the spec of the claim template. */
  readonly source: InputPart<Shared>;
  readonly spec: InputPart<unknown> | undefined;
  /** Name of the storage item, which is also the name of the volume in the rendered pod. */
  readonly name: string;
  /** Name of the ConfigMap or Secret; empty for other kinds. */
  readonly object: string;
}

const SOURCES: Readonly<Record<string, Kind>> = {
  emptyDir: "ephemeral",
  configMap: "config",
  secret: "secret",
  persistentVolumeClaim: "persistent",
  nfs: "nfs",
};
const LINK = words("names the volume that became this storage", "指向已转换为 storage 的卷");
const READ_ONLY = words("not needed: configuration is always mounted read-only", "无需填写：配置始终只读挂载");
const FOREIGN_CLAIM = advised(
  [
    "the input does not contain this claim, or another component already uses it",
    "该存储卷声明不在输入中，或已被其他组件使用",
  ],
  [
    "give the storage a size: kubemin then creates a claim, to which you copy the data",
    "请为 storage 指定 size，由 kubemin 创建存储卷声明，再迁移数据",
  ],
);
const FILE_MODE = advised(
  ["files of configuration always have the mode 0644", "配置文件权限固定为 0644"],
  ["leave it out, or let the program copy the file", "请删除，或由程序自行复制文件"],
);
const NO_SUCH_VOLUME = advised(
  ["volumes of this type are not supported", "不支持这种类型的卷"],
  [
    "use persistent, ephemeral, nfs, config or secret storage",
    "请使用 persistent、ephemeral、nfs、config 或 secret 存储",
  ],
);

/** Name -> storage of each volume; `undefined` for a volume that kubemin does not support. */
export function volumesOf(list: InputPart<Shared> | undefined): Map<string, Volume | undefined> {
  const volumes = new Map<string, Volume | undefined>();
  for (const item of list === undefined ? [] : itemsOf(list)) {
    const name = textOf(field(item, "name")?.value);
    if (name === undefined) continue;
    const volume = fieldsOf(item).flatMap(([key, source]) => volumeOf(name, key, source) ?? [])[0];
    volumes.set(name, volume);
    if (volume === undefined) say(item.importing.ledger, item.at, "unsupported", NO_SUCH_VOLUME);
    else
      say(item.importing.ledger, [...item.at, "name"], "changed", STORAGE_ITEM, {
        draft: item.draft,
        path: ["traits", "storage"],
      });
  }
  return volumes;
}

function volumeOf(name: string, key: string, source: InputPart<Shared>): Volume | undefined {
  const kind = SOURCES[key];
  if (kind === undefined) return undefined;
  const object = textOf(field(source, kind === "secret" ? "secretName" : "name")?.value) ?? name;
  if (kind === "config" || kind === "secret") {
    const called = source.shared.called(kind === "config" ? "ConfigMap" : "Secret", object);
    return { kind, source, spec: undefined, name: suggestName(called) ?? kind, object: called };
  }
  const spec = kind === "persistent" ? source.shared.takeClaim(wordOf(field(source, "claimName")?.value)) : undefined;
  if (kind === "persistent" && spec === undefined) {
    say(source.importing.ledger, source.at, "unsupported", FOREIGN_CLAIM);
    return undefined;
  }
  return { kind, source, spec, name: suggestName(name) ?? "volume", object: "" };
}

/** The volume of a claim template of a StatefulSet. */
export function templateVolume(name: string, template: InputPart<Shared>): Volume {
  const spec = field(template, "spec") ?? template;
  return { kind: "persistent", source: spec, spec, name: suggestName(name) ?? "volume", object: "" };
}

/**
 * Imports a mount of the main container. Each mount becomes an item; items with the same name are mounts of the same
 * volume.
 */
export function mountInMain(mount: InputPart<Shared>, volume: Volume): void {
  const { draft } = mount;
  const to = nextOf(draft, ["traits", "storage"]);
  writeItem(volume, draft, to);
  const { ledger } = mount.importing;
  say(ledger, [...mount.at, "name"], "changed", LINK, { draft, path: to });
  for (const key of ["mountPath", "subPath"] as const) {
    const given = field(mount, key);
    if (given) put(ledger, { draft, path: [...to, key] }, given.value, given.at);
  }
  const readOnly = field(mount, "readOnly");
  if (readOnly === undefined) return;
  if (volume.kind === "persistent" || volume.kind === "nfs")
    put(ledger, { draft, path: [...to, "readOnly"] }, readOnly.value, readOnly.at);
  else if (volume.kind !== "ephemeral") say(ledger, readOnly.at, "changed", READ_ONLY, { draft, path: to });
}

function writeItem(volume: Volume, draft: ImportDraft, to: Path): void {
  const { ledger } = volume.source.importing;
  place(draft, [...to, "type"], volume.kind);
  if (volume.kind === "config" || volume.kind === "secret") {
    const name = field(volume.source, volume.kind === "secret" ? "secretName" : "name");
    const same = name?.value === volume.object;
    put(
      ledger,
      { draft, path: [...to, "name"] },
      volume.object,
      name?.at ?? volume.source.at,
      same ? undefined : NAMED_AS_COMPONENT,
    );
    keyFiles(field(volume.source, "items"), draft, to);
    const mode = field(volume.source, "defaultMode");
    if (mode) onlyIf((value) => value === 420, DEFAULT_ALREADY, FILE_MODE)({ ...mode, draft });
    return;
  }
  place(draft, [...to, "name"], volume.name);
  if (volume.spec !== undefined) claimFields(volume.spec, draft, to);
  if (volume.kind === "persistent") {
    const claim = field(volume.source, "claimName");
    if (claim) say(ledger, claim.at, "changed", LINK, { draft, path: to });
    return;
  }
  if (volume.kind === "nfs") {
    for (const key of ["server", "path", "readOnly"] as const) {
      const given = field(volume.source, key);
      if (given) put(ledger, { draft, path: [...to, key] }, given.value, given.at);
    }
    return;
  }
  for (const key of ["medium", "sizeLimit"] as const) {
    const given = field(volume.source, key);
    if (given && given.value !== "") sizeInto(given, draft, [...to, key]);
  }
  if (Object.keys(volume.source.value ?? {}).length === 0)
    say(ledger, volume.source.at, "changed", STORAGE_ITEM, { draft, path: to });
}

/** Imports the key and path of each file. Modes get no entry here, so the ledger reports them as not supported. */
function keyFiles(items: InputPart<unknown> | undefined, draft: ImportDraft, to: Path): void {
  for (const [index, item] of (items === undefined ? [] : itemsOf(items)).entries()) {
    for (const key of ["key", "path"] as const) {
      const given = field(item, key);
      if (given) put(item.importing.ledger, { draft, path: [...to, "items", index, key] }, given.value, given.at);
    }
  }
}

function claimFields(spec: InputPart<unknown>, draft: ImportDraft, to: Path): void {
  const { ledger } = spec.importing;
  const size = field(field(field(spec, "resources") ?? spec, "requests") ?? spec, "storage");
  if (size) sizeInto(size, draft, [...to, "size"]);
  const storageClass = field(spec, "storageClassName");
  if (storageClass) put(ledger, { draft, path: [...to, "storageClass"] }, storageClass.value, storageClass.at);
  const modes = field(spec, "accessModes");
  if (modes) put(ledger, { draft, path: [...to, "accessModes"] }, modes.value, modes.at);
  const mode = field(spec, "volumeMode");
  if (mode?.value === "Filesystem")
    say(ledger, mode.at, "changed", words("not needed: volumes are always file systems", "无需填写：卷始终是文件系统"));
}

/** Writes a size. A bare number gets a unit, because it means bytes in Kubernetes and gibibytes in kubemin. */
export function sizeInto({ value, at, importing }: InputPart<unknown>, draft: ImportDraft, path: Path): void {
  const bytes = /^\d+(\.\d+)?$/.test(wordOf(value)) ? Number(value) : undefined;
  const text = bytes === undefined ? value : `${Math.ceil(bytes / 1024)}Ki`;
  put(importing.ledger, { draft, path }, text, at, bytes === undefined ? undefined : WITH_UNIT);
}
