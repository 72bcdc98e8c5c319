// Fields of a Compose service about its processes: user, capabilities, read-only root file system, time to end; also
// reserved devices and placement constraints.
import { nextOf, place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import {
  advised,
  DEFAULT_ALREADY,
  NO_SUCH_RIGHT,
  NODE_LABELS,
  NOT_UNDERSTOOD,
  WITH_UNIT,
  words,
} from "../mapping/reportWords.ts";
import {
  asDuration,
  type FieldRule,
  type FieldRules,
  field,
  type InputPart,
  itemsOf,
  needless,
  take,
  turn,
  wordOf,
} from "../mapping/rules.ts";
import { devices } from "../parts/resources.ts";

const TO = ["traits", "security"];
const NUMBERS = words("became the numeric user or group", "改为用户或组的数字 ID");
const NAMED_USER = advised(
  ["on a cluster, users and groups are given by number", "集群上的用户与组以数字 ID 表示"],
  ["write the number of this name in the image", "请写镜像中该名称对应的数字 ID"],
);
const WITHOUT_PREFIX = words("written without the prefix CAP_", "去掉 CAP_ 前缀");

/** Adds the trait security with the profile none, because Compose has no profiles: only the written fields apply. */
function begin(part: InputPart<unknown>): void {
  if (valueAt(part.draft, TO) === undefined) place(part.draft, TO, { profile: "none" });
}

const user: FieldRule = (part) => {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(wordOf(part.value)) ?? [];
  if (uid === undefined) return say(part.importing.ledger, part.at, "unsupported", NAMED_USER);
  begin(part);
  put(part.importing.ledger, { draft: part.draft, path: [...TO, "runAsUser"] }, Number(uid), part.at, NUMBERS);
  if (gid !== undefined) place(part.draft, [...TO, "runAsGroup"], Number(gid));
};

const groups: FieldRule = (list) => {
  for (const item of itemsOf(list)) {
    const id = /^\d+$/.test(wordOf(item.value)) ? Number(item.value) : undefined;
    if (id === undefined) say(item.importing.ledger, item.at, "unsupported", NAMED_USER);
    else {
      begin(item);
      put(
        item.importing.ledger,
        { draft: item.draft, path: nextOf(item.draft, [...TO, "supplementalGroups"]) },
        id,
        item.at,
        NUMBERS,
      );
    }
  }
};

const capabilities =
  (what: "add" | "drop"): FieldRule =>
  (list) => {
    for (const item of itemsOf(list)) {
      begin(item);
      const name = wordOf(item.value).toUpperCase().replace(/^CAP_/, "");
      const target = { draft: item.draft, path: nextOf(item.draft, [...TO, "capabilities", what]) };
      put(item.importing.ledger, target, name, item.at, name === item.value ? undefined : WITHOUT_PREFIX);
    }
  };

export const RIGHTS: FieldRules = {
  user,
  group_add: groups,
  cap_add: capabilities("add"),
  cap_drop: capabilities("drop"),
  read_only: (part) => {
    if (part.value === false) return needless(DEFAULT_ALREADY)(part);
    begin(part);
    take(...TO, "readOnlyRootFilesystem")(part);
  },
  privileged: (part) =>
    part.value === false
      ? needless(DEFAULT_ALREADY)(part)
      : say(part.importing.ledger, part.at, "unsupported", NO_SUCH_RIGHT),
  stop_grace_period: turn(["traits", "lifecycle", "grace"], asDuration, WITH_UNIT),
};

const DEVICE = words("became the trait gpu", "改为 gpu 特征");
const ALL = advised(
  ["the number of devices is not known here", "此处无法得知设备数量"],
  ["write the number", "请写明数量"],
);

/** The rule for `deploy.resources.reservations.devices`. */
export const reservedDevices: FieldRule = (list) => {
  for (const item of itemsOf(list)) {
    const { ledger } = item.importing;
    const [count, names] = [field(item, "count"), field(item, "capabilities")];
    const gpu = (names ? itemsOf(names) : []).some((one) => one.value === "gpu");
    if (!gpu) continue;
    if (count?.value === "all") say(ledger, count.at, "unsupported", ALL);
    if (count === undefined || typeof count.value !== "number") continue;
    devices("nvidia.com/gpu", count);
    for (const key of ["driver", "capabilities"])
      say(ledger, [...item.at, key], "changed", DEVICE, { draft: item.draft, path: ["traits", "gpu"] });
  }
};

const CONSTRAINT = /^node\.labels\.([^\s=!]+)\s*==\s*(\S+)$/;
const SWARM = advised(
  ["nodes of a cluster are selected by their labels", "集群节点按标签选择"],
  ["use the trait placement", "请使用 placement 特征"],
);

export const constraints: FieldRule = (list) => {
  for (const item of itemsOf(list)) {
    const [, key, value] = CONSTRAINT.exec(wordOf(item.value)) ?? [];
    const target = { draft: item.draft, path: ["traits", "placement", "nodes", key ?? ""] };
    if (key === undefined || value === undefined) say(item.importing.ledger, item.at, "unsupported", SWARM);
    else put(item.importing.ledger, target, value, item.at, NODE_LABELS);
  }
  if (!Array.isArray(list.value)) say(list.importing.ledger, list.at, "unsupported", NOT_UNDERSTOOD);
};
