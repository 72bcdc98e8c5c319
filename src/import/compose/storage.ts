// Volumes, tmpfs, configs and secrets of a Compose service become items of the storage trait and components of type
// config and secret.
import type { Json } from "../../model/data/json.ts";
import { suggestName } from "../../model/kubernetes/name.ts";
import { freeName, newDraft, nextOf } from "../mapping/importDraft.ts";
import { put, remark, say } from "../mapping/ledger.ts";
import { advised, NOT_UNDERSTOOD, type Words, words } from "../mapping/reportWords.ts";
import { type FieldRule, field, type InputPart, itemsOf, textOf, wordOf } from "../mapping/rules.ts";
import type { ServiceShared } from "./composeContext.ts";
import { memory, mountText } from "./text.ts";

/** The size of a claim for a Compose volume. Compose volumes have no size, so the report asks the user to check it. */
const SIZE = "1Gi";
const PERSISTENT = words(
  "became persistent storage of {size}: Compose volumes have no size, so check it",
  "改为 {size} 的 persistent 存储：Compose 卷没有大小，请检查",
  { size: SIZE },
);
const EPHEMERAL = words("became ephemeral storage: it ends with its pod", "改为 ephemeral 存储：随 Pod 消失");
const OWN_FOLDER = advised(
  ["folders of the machine where Compose runs do not exist on a cluster", "集群上不存在本机目录"],
  [
    "put files into a component of type config or secret, data into persistent storage",
    "文件请放入 config 或 secret 组件，数据请放入 persistent 存储",
  ],
);
const SHARED = advised(
  [
    "component {owner} already uses this volume, and components cannot share one",
    "{owner} 已使用该卷，组件之间不能共享卷",
  ],
  ["share data by storage of type nfs or an object store", "请改用 NFS 或对象存储共享数据"],
);
const FILE = words("became a file that is mounted by itself", "改为单独挂载的文件");
const MUST_EXIST = words(
  "its content is not in this file: {kind} {name} must exist before the deployment",
  "内容不在该文件中：部署前必须存在 {kind} {name}",
);

type Service = InputPart<ServiceShared>;

export function volumes(list: Service): void {
  for (const item of itemsOf(list)) {
    const short = typeof item.value === "string" ? mountText(item.value) : undefined;
    if (short?.type === "bind") say(item.importing.ledger, item.at, "unsupported", OWN_FOLDER);
    else if (short !== undefined) volume(item, { ...short, from: item.at });
    else if (typeof item.value === "string") say(item.importing.ledger, item.at, "unsupported", NOT_UNDERSTOOD);
    else longVolume(item);
  }
}

interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly from: Service["at"];
}

function volume(item: Service, mount: Mount): void {
  const { draft, importing, shared } = item;
  const to = nextOf(draft, ["traits", "storage"]);
  const owner = shared.context.volumes.get(mount.source);
  if (mount.source !== "" && owner !== shared.name) {
    const words: Words = { ...SHARED, params: { owner: owner ?? "" } };
    return say(importing.ledger, mount.from, "unsupported", words);
  }
  const name = suggestName(mount.source);
  const value =
    mount.source === ""
      ? { type: "ephemeral", mountPath: mount.target }
      : {
          type: "persistent",
          ...(name === undefined ? {} : { name }),
          mountPath: mount.target,
          size: SIZE,
          ...(mount.readOnly ? { readOnly: true } : {}),
        };
  put(importing.ledger, { draft, path: to }, value, mount.from, mount.source === "" ? EPHEMERAL : PERSISTENT);
}

/**
 * The long form `{type, source, target, read_only}`. Other fields get no entry here, so the ledger reports them as not
 * supported.
 */
function longVolume(item: Service): void {
  const type = field(item, "type")?.value;
  const target = textOf(field(item, "target")?.value);
  const { draft, importing } = item;
  if (type === "bind") return say(importing.ledger, item.at, "unsupported", OWN_FOLDER);
  if (target === undefined || (type !== "volume" && type !== "tmpfs"))
    return say(importing.ledger, item.at, "unsupported", NOT_UNDERSTOOD);
  if (type === "tmpfs") return memoryVolume(item, target);
  const source = textOf(field(item, "source")?.value) ?? "";
  const to = nextOf(draft, ["traits", "storage"]);
  volume(item, { source, target, readOnly: field(item, "read_only")?.value === true, from: [...item.at, "target"] });
  for (const key of ["type", "source", "read_only"])
    say(importing.ledger, [...item.at, key], "changed", source === "" ? EPHEMERAL : PERSISTENT, { draft, path: to });
}

function memoryVolume(item: Service, target: string): void {
  const { draft, importing } = item;
  const to = nextOf(draft, ["traits", "storage"]);
  put(
    importing.ledger,
    { draft, path: to },
    { type: "ephemeral", medium: "Memory", mountPath: target },
    [...item.at, "target"],
    EPHEMERAL,
  );
  say(importing.ledger, [...item.at, "type"], "changed", EPHEMERAL, { draft, path: to });
  const size = field(field(item, "tmpfs") ?? item, "size");
  const limit = size && memory(size.value);
  if (size && limit !== undefined)
    put(importing.ledger, { draft, path: [...to, "sizeLimit"] }, limit, size.at, EPHEMERAL);
}

export const tmpfs: FieldRule<ServiceShared> = (part) => {
  const items = typeof part.value === "string" ? [part] : itemsOf(part);
  for (const item of items) {
    const path = textOf(item.value)?.split(":")[0];
    if (path === undefined) continue;
    const value = { type: "ephemeral", medium: "Memory", mountPath: path };
    put(
      item.importing.ledger,
      { draft: item.draft, path: nextOf(item.draft, ["traits", "storage"]) },
      value,
      item.at,
      EPHEMERAL,
    );
  }
};

export const sharedMemory: FieldRule<ServiceShared> = ({ value, at, draft, importing }) => {
  const sizeLimit = memory(value);
  if (sizeLimit === undefined) return say(importing.ledger, at, "unsupported", NOT_UNDERSTOOD);
  const item = { type: "ephemeral", medium: "Memory", mountPath: "/dev/shm", sizeLimit };
  put(importing.ledger, { draft, path: nextOf(draft, ["traits", "storage"]) }, item, at, EPHEMERAL);
};

type SourceType = "config" | "secret";

/** The rule for `configs` or `secrets` of a service: a list of names or of `{source, target}`. */
export function files(type: SourceType): FieldRule<ServiceShared> {
  return (list) => {
    for (const item of itemsOf(list)) {
      const source = textOf(item.value) ?? textOf(field(item, "source")?.value);
      if (source === undefined) continue;
      const folder = type === "secret" ? "/run/secrets/" : "/";
      const target = textOf(field(item, "target")?.value) ?? source;
      const mountPath = target.startsWith("/") ? target : `${folder}${target}`;
      const name = sourceName(item, type, source);
      const to = nextOf(item.draft, ["traits", "storage"]);
      const from = typeof item.value === "string" ? item.at : [...item.at, "source"];
      const value = { type, name, mountPath, subPath: source };
      put(item.importing.ledger, { draft: item.draft, path: to }, value, from, FILE);
      say(item.importing.ledger, [...item.at, "target"], "changed", FILE, {
        draft: item.draft,
        path: [...to, "mountPath"],
      });
    }
  };
}

/**
 * The name of the config or secret component for a Compose source. Its first use adds the component, if the content can
 * be read.
 */
function sourceName(item: Service, type: SourceType, source: string): string {
  const { context } = item.shared;
  const key = `${type} ${source}`;
  const known = context.sources.get(key);
  if (known !== undefined) return known;
  const declared = field(field(context.root, `${type}s`) ?? context.root, source);
  const external = field(declared ?? context.root, "external")?.value === true;
  const content = declared && !external ? contentOf(declared) : undefined;
  const wanted = external ? (textOf(field(declared ?? context.root, "name")?.value) ?? source) : source;
  const name = freeName(context.taken.has(wanted) ? `${wanted}-${type}` : wanted, context.taken, type);
  context.taken.add(name);
  context.sources.set(key, name);
  if (declared !== undefined && content !== undefined) makeSource(declared, { type, name, key: source, ...content });
  else if (declared !== undefined) {
    const kind = type === "config" ? "ConfigMap" : "Secret";
    say(item.importing.ledger, declared.at, "changed", { ...MUST_EXIST, params: { kind, name } });
  }
  return name;
}

interface Content {
  readonly from: InputPart<unknown>;
  readonly text: string;
}

function contentOf(declared: InputPart<unknown>): Content | undefined {
  const inline = field(declared, "content");
  if (inline && typeof inline.value === "string") return { from: inline, text: inline.value };
  const variable = field(declared, "environment");
  const value = variable && declared.importing.variables[wordOf(variable.value)];
  if (variable && value !== undefined) return { from: variable, text: value };
  const file = field(declared, "file");
  const text = file && typeof file.value === "string" ? declared.importing.readBeside(file.value) : undefined;
  return file === undefined || text === undefined ? undefined : { from: file, text };
}

function makeSource(
  declared: InputPart<unknown>,
  made: Content & { type: SourceType; name: string; key: string },
): void {
  const { importing } = declared;
  const draft = newDraft({ name: made.name, type: made.type });
  importing.drafts.push(draft);
  const inline: Json = made.text;
  const path = ["properties", "data", made.key];
  const became = words("its content became a component of type {type}", "其内容成为 {type} 组件", { type: made.type });
  put(importing.ledger, { draft, path }, inline, made.from.at, made.from.at.at(-1) === "content" ? undefined : became);
  if (made.name !== made.key) remark(importing.ledger, declared.at, became, { draft, path: ["name"] });
}

/** Reports the fields of a top-level volume. The volume itself becomes storage of the service that mounts it. */
export function declaredVolume(name: string, part: InputPart<unknown>, shared: ServiceShared["context"]): void {
  const owner = shared.services.get(shared.volumes.get(name) ?? "");
  const { ledger } = part.importing;
  if (field(part, "external")?.value === true)
    return say(
      ledger,
      part.at,
      "unsupported",
      advised(
        ["an existing volume cannot be used", "不能使用已存在的卷"],
        ["copy its data into the new one", "请把数据复制到新卷"],
      ),
    );
  const unused = words("no service mounts it", "没有服务挂载它");
  if (owner === undefined) return say(ledger, part.at, "changed", unused);
  const target = { draft: owner, path: ["traits", "storage"] };
  if (Object.keys(part.value ?? {}).length === 0) return say(ledger, part.at, "changed", PERSISTENT, target);
  const driver = field(part, "driver");
  if (driver?.value === "local")
    say(ledger, driver.at, "changed", words("not needed: the storage class decides", "无需填写：由存储类决定"), target);
  else if (driver)
    say(
      ledger,
      driver.at,
      "unsupported",
      advised(
        ["a cluster has no volume drivers of Docker", "集群上没有 Docker 的卷驱动"],
        ["name a storageClass", "请指定 storageClass"],
      ),
    );
  const given = field(part, "name");
  if (given)
    say(
      ledger,
      given.at,
      "changed",
      words("the claim is named after the component and the volume", "存储卷声明以组件与卷命名"),
      target,
    );
}
