// The texts of the report about a field, in both languages, and the sentences that several formats share.
import type { Localized, Params } from "../../model/data/text.ts";

export interface Words {
  readonly text: Localized;
  /** What the user can do. Present for fields that are not supported. */
  readonly advice?: Localized;
  readonly params?: Params;
}

export function words(en: string, zh: string, params?: Params): Words {
  return { text: { en, zh }, ...(params === undefined ? {} : { params }) };
}

export function advised(text: readonly [string, string], advice: readonly [string, string], params?: Params): Words {
  return { ...words(text[0], text[1], params), advice: { en: advice[0], zh: advice[1] } };
}

/** The text for leaves without a rule. */
export const NO_FIELD = advised(
  ["kubemin has no field for this", "kubemin 没有对应的字段"],
  ["leave it out, or keep managing this part with the original tool", "请删除，或仍由原工具管理这一部分"],
);
export const NOT_UNDERSTOOD = advised(
  ["this form of the value is not understood", "无法理解该值的写法"],
  ["write it by hand into the document", "请在文档中手工填写"],
);
export const NOT_IN_CATALOG = (kind: "component type" | "trait", name: string): Words =>
  advised(
    [`the catalog of this server has no ${kind} {name}`, "该服务器的目录中没有 {name}"],
    ["use a server whose catalog has it: kubemin explain", "请使用目录中含有它的服务器：kubemin explain"],
    { name },
  );
export const SELF_MADE = words("not needed: kubemin sets this itself", "无需填写：kubemin 自行设置");
export const CLUSTERS_OWN = words("not needed: the cluster writes this itself", "无需填写：由集群自行写入");
export const DEFAULT_ALREADY = words("not needed: kubemin does this by default", "无需填写：kubemin 默认如此");
export const TYPE_CHOSEN = words("decided the component's type", "据此确定组件类型");
export const RENAMED = (before: string, after: string): Words =>
  words(
    "{before} is renamed to {after}: the original name is not allowed or already used",
    "{before} 更名为 {after}：原名称不允许使用或已被占用",
    {
      before,
      after,
    },
  );
export const FILLED = words("its variables were replaced by their values", "变量已替换为其值");
export const OVERRIDDEN = advised(
  ["another field of the input has the same meaning, and its value is used", "输入中另一个字段表达同一含义，以其为准"],
  ["keep one of them", "请只保留一个"],
);
export const NO_SUCH_RIGHT = advised(
  ["an application cannot give itself this right", "应用不能自行授予该权限"],
  ["leave it out; the operator of the cluster decides what is allowed", "请删除；能否使用由集群的运维人员决定"],
);
export const NO_OTHER_FILES = advised(
  ["other files are not read", "不会读取其他文件"],
  ["merge the files first: docker compose config", "请先合并文件：docker compose config"],
);
export const NODE_LABELS = words("became node labels of the trait placement", "改为 placement 特征的节点标签");
export const STORAGE_ITEM = words("became an item of the storage trait", "改为 storage 特征的一项");
export const AUTOSCALER_DECIDES = words(
  "not needed: the autoscaler decides how many pods there are",
  "无需填写：副本数由自动伸缩决定",
);
export const NAMED_PORT = words("became the number of the named port", "改为该命名端口的端口号");
export const NAMED_AS_COMPONENT = words(
  "the object is named after the component that creates it",
  "对象名与创建它的组件一致",
);
export const WITH_UNIT = words("written with its unit", "补上单位");
