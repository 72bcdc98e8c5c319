// Problems of the registration of a job type. Rows of the table of problems.
import type { Localized } from "../data/text.ts";

export const REGISTRATION_PROBLEMS = {
  SchemaTooLarge: {
    text: {
      en: "the schema has {count} {what}; {limit} is the limit",
      zh: "该 schema 的{what}为 {count}，上限为 {limit}",
    },
    hint: { en: "split it, or use a free-form object", zh: "请拆分，或改用自由格式的对象" },
  },
  SchemaTooSlow: {
    text: {
      en: "preparing the schema takes longer than {limit}, which would delay other requests",
      zh: "该 schema 的准备时间超过 {limit}，会拖慢其他请求",
    },
    hint: { en: "use fewer properties and fewer alternatives", zh: "请减少属性与备选分支" },
  },
  SchemaInvalid: {
    text: {
      en: "this is not a valid JSON Schema (2020-12): {detail}",
      zh: "不是合法的 JSON Schema（2020-12）：{detail}",
    },
  },
  SchemaRemoteReference: {
    text: {
      en: "{reference} refers outside the schema: only #/$defs is supported",
      zh: "{reference} 指向外部：只支持 #/$defs",
    },
  },
  SecretHidden: {
    text: {
      en: "a secret is marked behind a reference, an alternative or a free property name, so it could not always be kept secret",
      zh: "密钥标记位于引用、备选分支或任意名称之后，无法保证该值始终保密",
    },
    hint: { en: "mark it in plain properties and items", zh: "请在普通的 properties 与 items 中标记" },
  },
  SecretNotText: {
    text: { en: "a secret is text: write type: string", zh: "密钥必须是文本：请写 type: string" },
  },
  SchemaPatternUnbounded: {
    text: { en: "a pattern needs a maxLength in the same schema", zh: "pattern 必须同时指定 maxLength" },
    hint: { en: "add maxLength, for example 200", zh: "请添加 maxLength，例如 200" },
  },
  SchemaPattern: {
    text: { en: "the pattern is not valid in RE2: {detail}", zh: "该 pattern 不符合 RE2 语法：{detail}" },
    hint: { en: "look-around and back references are not supported", zh: "不支持环视与反向引用" },
  },
  SchemaEndless: {
    text: {
      en: "a definition refers to itself in more than one way for the same value: the work of checking would double with every level of the data",
      zh: "某个定义可沿多条路径回到自身并检查同一个值：数据每深一层，检查量翻倍",
    },
    hint: {
      en: "keep one recursive keyword, for example items and additionalProperties next to a list of types, instead of anyOf",
      zh: "请只保留一条递归路径，例如用 type 列表加 items、additionalProperties 代替 anyOf",
    },
  },
  SchemaBranches: {
    text: {
      en: "one value may have to be checked more than {limit} times, because alternatives contain alternatives",
      zh: "同一个值可能需要检查超过 {limit} 次：备选分支层层嵌套",
    },
    hint: { en: "name the alternatives in one place", zh: "请把备选分支写在同一处" },
  },
  SchemaCircular: {
    text: {
      en: "a definition refers to itself for the same value: checking a value would never end",
      zh: "某个定义对同一个值引用自身：任何值都无法完成检查",
    },
    hint: { en: "refer to it from properties or items", zh: "请在 properties 或 items 中引用它" },
  },
  SchemaNotObject: {
    text: {
      en: "inputs and outputs are objects: only an object is possible here",
      zh: "输入与输出都是对象：此处只能是 object",
    },
  },
  SchemaKeyword: {
    text: { en: "{keyword} is not supported in a schema here", zh: "此处的 schema 不支持 {keyword}" },
  },
  SchemaUniqueUnbounded: {
    text: {
      en: "uniqueItems compares every item with every other item: it needs a maxItems of at most {limit} in the same schema",
      zh: "uniqueItems 需要两两比较：必须同时指定不超过 {limit} 的 maxItems",
    },
  },
  SchemaMismatch: {
    text: { en: "does not fit the type's schema: {detail}", zh: "不符合该类型的 schema：{detail}" },
  },
  Placeholder: {
    text: { en: "{{{path}}} is not in the input schema", zh: "{{{path}}} 不在输入 schema 中" },
    hint: { en: "known: {known}", zh: "现有：{known}" },
  },
  TemplateMissing: {
    text: {
      en: "{{{path}}} has no value in {example}",
      zh: "{{{path}}} 在{example}中没有值",
    },
    hint: {
      en: "make it required, give it a value in the example, or use it as a whole value: then it is left out",
      zh: "请设为必填、在示例中给出值，或让它单独成值（缺省时会被省略）",
    },
  },
  DryRunRefused: {
    text: { en: "cluster {cluster} would refuse the pod: {detail}", zh: "集群 {cluster} 拒绝该 Pod：{detail}" },
  },
  WorkerAddress: {
    text: { en: "the worker may not be called: {detail}", zh: "不允许调用该 worker：{detail}" },
    hint: { en: "an administrator can allow it: serve --allow-outgoing", zh: "可由管理员放行：serve --allow-outgoing" },
  },
  TemplateShowsSecret: {
    text: { en: "the template shows a secret value of the input", zh: "模板会暴露输入中的密钥" },
    hint: {
      en: "use it as the whole value of a variable, or as a file of the Secret {{run.secret}}",
      zh: "请作为环境变量的完整值，或作为 Secret {{run.secret}} 的文件使用",
    },
  },
  GangWithoutPods: {
    text: {
      en: "it declares that several pods work together (a gang), but not how many",
      zh: "声明了由多个 Pod 协作（gang），但没有说明数量",
    },
    hint: {
      en: 'write the number in a runtime of tier T1: pods: 4, or pods: "{{input.pods}}"',
      zh: '请在 T1 的 runtime 中写明：pods: 4，或 pods: "{{input.pods}}"',
    },
  },
  GangSize: {
    text: {
      en: "example {example} gives {value} pods; a job has 1 to {limit}",
      zh: "示例 {example} 给出 {value} 个 Pod；一个作业可有 1 至 {limit} 个",
    },
  },
  CallbackWithoutSink: {
    text: {
      en: "project {project} has no {kind} sink, so events of its runs are not delivered that way",
      zh: "项目 {project} 没有 {kind} sink：运行的事件不会以该方式送达",
    },
    hint: {
      en: "add one: kubemin sinks add, or follow the runs by their event stream (callback: stream)",
      zh: "请添加：kubemin sinks add；或通过事件流跟踪运行（callback: stream）",
    },
  },
  Incompatible: {
    text: {
      en: "version {version} breaks what was promised with {before}: {detail}",
      zh: "版本 {version} 破坏了 {before} 的承诺：{detail}",
    },
    hint: { en: "publish it as {major}.0.0, or keep the field", zh: "请发布为 {major}.0.0，或保留该字段" },
  },
  VersionOrder: {
    text: {
      en: "version {version} is not higher than {before}, which is registered already",
      zh: "版本 {version} 不高于已注册的 {before}",
    },
  },
  BuiltinName: {
    text: { en: "{name} is a job type of kubemin itself", zh: "{name} 是 kubemin 内置的作业类型" },
  },
  SampleRun: {
    text: { en: "the sample run {run} ended as {phase}", zh: "试运行 {run} 的结果为 {phase}" },
    hint: { en: "see: kubemin why {run}", zh: "参见：kubemin why {run}" },
  },
  TypeDeprecated: {
    text: {
      en: "job type {name} {version} is deprecated{until}",
      zh: "作业类型 {name} {version} 已弃用{until}",
    },
    hint: { en: "use {instead}", zh: "请改用 {instead}" },
  },
  TypeOver: {
    text: {
      en: "job type {name} {version} was supported until {until}",
      zh: "作业类型 {name} {version} 的支持已于 {until} 结束",
    },
    hint: { en: "use {instead}", zh: "请改用 {instead}" },
  },
  TypeStopped: {
    text: { en: "job type {name} is switched off: {detail}", zh: "作业类型 {name} 已停用：{detail}" },
    hint: {
      en: "an administrator can switch it on: kubemin type enable {name}",
      zh: "可由管理员启用：kubemin type enable {name}",
    },
  },
  OtherOwner: {
    text: { en: "{name} is registered by project {owner}", zh: "{name} 已由项目 {owner} 注册" },
  },
} as const satisfies Record<string, { readonly text: Localized; readonly hint?: Localized }>;
