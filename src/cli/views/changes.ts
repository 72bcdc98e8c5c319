// Prints the changes of a plan or a diff: what happens to each object and which fields change. The server has masked
// secret values already; sealed tokens are masked here too, for plans that were computed offline.

import type { z } from "zod";
import type { ChangeView } from "../../api/planViews.ts";
import type { Localized } from "../../model/data/text.ts";
import { isSealed, MASK } from "../../model/document/sealed.ts";
import { readName } from "../../model/kubernetes/name.ts";
import type { Tone } from "../../model/reasons/tone.ts";
import type { CommandContext } from "../grammar/command.ts";
import type { Paint } from "../terminal/style.ts";
import { oneLine } from "../terminal/width.ts";

type ApiChange = z.output<typeof ChangeView>;
type Field = ApiChange["fields"][number];

const ACTIONS = {
  create: { glyph: "+", tone: "success", text: { en: "create", zh: "新建" } },
  update: { glyph: "~", tone: "warning", text: { en: "update", zh: "更新" } },
  adopt: { glyph: "»", tone: "warning", text: { en: "adopt", zh: "接管" } },
  delete: { glyph: "-", tone: "danger", text: { en: "delete", zh: "删除" } },
  keep: { glyph: "=", tone: "muted", text: { en: "keep", zh: "保留" } },
  unchanged: { glyph: "=", tone: "muted", text: { en: "unchanged", zh: "不变" } },
} as const satisfies Record<ApiChange["action"], { glyph: string; tone: Tone; text: Localized }>;

/** How each class of change is carried out, and what that means for the pods. */
const CLASSES = {
  create: { en: "", zh: "" },
  "in-place": { en: "in place, pods keep running", zh: "就地更新，Pod 不重启" },
  rolling: { en: "rolling, pods are replaced one after another", zh: "滚动更新，逐个替换 Pod" },
  "orphan-recreate": { en: "the object is created again, its pods keep running", zh: "重建对象，Pod 继续运行" },
  "new-name": { en: "a new object next to the old one", zh: "新建对象，与旧对象并存" },
  recreate: { en: "deleted and created again", zh: "删除后重建" },
  delete: { en: "", zh: "" },
  none: { en: "", zh: "" },
} as const satisfies Record<ApiChange["class"], Localized>;

/** What the users of the component notice. */
const DISRUPTIONS = {
  none: { en: "no disruption", zh: "无影响" },
  rolling: { en: "no interruption", zh: "不中断服务" },
  restart: { en: "pods restart", zh: "Pod 会重启" },
  interruption: { en: "short interruption", zh: "短暂中断" },
} as const satisfies Record<NonNullable<ApiChange["disruption"]>, Localized>;

const GONE = { en: "it no longer exists on the cluster", zh: "集群上已不存在" } as const;

const TASKS = {
  done: { en: "already done with this content, it does not run again", zh: "相同内容已执行过，不会再次执行" },
  again: { en: "it has not succeeded with this content yet, it runs again", zh: "相同内容尚未成功，将再次执行" },
  always: { en: "runs at each deploy", zh: "每次部署都执行" },
} as const satisfies Record<NonNullable<ApiChange["task"]>, Localized>;
const DONE_IN = {
  en: "already done with this content in run {run}, it does not run again",
  zh: "相同内容已在运行 {run} 中执行过，不会再次执行",
} as const;

const FIELDS_SHOWN = 6;
const VALUE_WIDTH = 60;

export function objectName(change: ApiChange): string {
  return `${change.object.kind}/${change.object.name}`;
}

export function changes(all: readonly ApiChange[]): readonly ApiChange[] {
  return all.filter((one) => one.action !== "unchanged" && one.action !== "keep");
}

/** The number of changes of each kind: `2 to create, 1 to update`. */
export function changesSummary(context: CommandContext, all: readonly ApiChange[]): string {
  const parts = (Object.keys(ACTIONS) as ApiChange["action"][]) // keys of a const object
    .map((action) => [action, all.filter((one) => one.action === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) =>
      context.language === "zh"
        ? `${ACTIONS[action].text.zh} ${count} 个`
        : `${count} ${action === "unchanged" ? "" : "to "}${ACTIONS[action].text.en}`,
    );
  return parts.length === 0
    ? context.say({ en: "no changes", zh: "没有变更" })
    : parts.join(context.language === "zh" ? "，" : ", ");
}

export function changeText(context: CommandContext, change: ApiChange, paint: Paint): string {
  const action = ACTIONS[change.action];
  const effect = change.disruption === undefined ? "" : DISRUPTIONS[change.disruption][context.language];
  const gone = change.gone === true ? context.say(GONE) : "";
  const task = taskText(context, change);
  const meaning = [gone, task, CLASSES[change.class][context.language], effect]
    .filter((text) => text !== "")
    .join(" · ");
  const component = readName(change.component);
  const head = `${paint(action.tone, `${action.glyph} ${action.text[context.language]}`)} ${objectName(change)}${component === null ? "" : ` (${component})`}${meaning === "" ? "" : ` · ${meaning}`}\n`;
  if (change.action !== "update" && change.action !== "adopt") return head;
  const shown = change.fields
    .slice(0, FIELDS_SHOWN)
    .map(
      (field) =>
        `    ${field.path}: ${shortValue(field.before)} → ${shortValue(field.after)}${byText(context, field)}\n`,
    );
  const more = change.fields.length - shown.length;
  const rest =
    more > 0 ? `    ${context.say({ en: "… {more} more fields", zh: "…… 另有 {more} 个字段" }, { more })}\n` : "";
  return head + shown.join("") + rest;
}

/** Whether a task runs, and why; empty if the object is not a task. */
function taskText(context: CommandContext, { task, doneIn }: ApiChange): string {
  if (task === undefined) return "";
  return task === "done" && doneIn !== undefined ? context.say(DONE_IN, { run: doneIn }) : context.say(TASKS[task]);
}

/** Whether there is something to print about this object even if it does not change. */
export function isTold({ action, task, gone, fields }: ApiChange): boolean {
  return action === "keep" || task !== undefined || gone === true || fields.some(({ by }) => by !== undefined);
}

/** Why a field changes although the document did not change it: something on the cluster differs. */
function byText(context: CommandContext, { by }: Field): string {
  if (by === undefined) return "";
  if (by.length === 0) return ` · ${context.say({ en: "the cluster has another value", zh: "集群上的值不同" })}`;
  return ` · ${context.say({ en: "set on the cluster by {by}", zh: "在集群上由 {by} 修改" }, { by: by.join(", ") })}`;
}

/** All fields with their values before and after, for `kubemin diff`. */
export function diffText(context: CommandContext, change: ApiChange, paint: Paint): string {
  return (
    changeText(context, { ...change, fields: [] }, paint) +
    change.fields.map((field) => fieldDiff(field, paint)).join("")
  );
}

export function fieldDiff(field: Field, paint: Paint): string {
  const lines = (sign: string, tone: Tone, value: unknown): string =>
    value === undefined
      ? ""
      : valueText(value)
          .split("\n")
          .map((line) => `    ${paint(tone, `${sign} ${line}`)}\n`)
          .join("");
  return `  ${field.path}\n${lines("-", "danger", field.before)}${lines("+", "success", field.after)}`;
}

function shortValue(value: unknown): string {
  const text = value === undefined ? "–" : oneLine(valueText(value));
  return text.length > VALUE_WIDTH ? `${text.slice(0, VALUE_WIDTH - 1)}…` : text;
}

function valueText(value: unknown): string {
  const text =
    typeof value === "string"
      ? value
      : (JSON.stringify(value, (_key, inner: unknown) => (isSealed(inner) ? MASK : inner), 2) ?? "");
  return isSealed(text) ? MASK : text;
}
