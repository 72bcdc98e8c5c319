// Problems of a workflow: steps, conditions, references, inputs, calls. Rows of the table of problems.
import type { Localized } from "../data/text.ts";

export const WORKFLOW_PROBLEMS = {
  UnknownStepType: {
    text: { en: "unknown step type {value}", zh: "未知步骤类型 {value}" },
    hint: { en: "known: {known}", zh: "可用类型：{known}" },
  },
  DuplicateStep: {
    text: { en: "step {name} is declared twice", zh: "步骤 {name} 重复声明" },
    hint: { en: "the first one is at {first}", zh: "第一次出现在 {first}" },
  },
  StepIsComponent: {
    text: { en: "a component is called {name} as well", zh: "已有同名组件 {name}" },
    hint: { en: "give the step another name", zh: "请给步骤改名" },
  },
  ReservedStep: {
    text: { en: "{name} is a name that kubemin itself uses", zh: "{name} 是 kubemin 保留的名称" },
    hint: { en: "give the step another name", zh: "请给步骤改名" },
  },
  RunOfComponents: {
    text: { en: "a run cannot have components", zh: "直接运行不接受 components" },
    hint: { en: "an application is deployed: kubemin deploy", zh: "应用请使用 kubemin deploy 部署" },
  },
  LockKind: {
    text: {
      en: "a lock names exactly one kind of thing, this one names: {value}",
      zh: "一个锁只能指定一个对象，此处为：{value}",
    },
    hint: { en: "one of {known}", zh: "可选：{known}" },
  },
  LimitsDiffer: {
    text: {
      en: "{name} has limit {limit} here and {other} at {first}: each step counts by its own limit",
      zh: "{name} 在此处的 limit 为 {limit}，而在 {first} 为 {other}：每个步骤按各自的值计数",
    },
    hint: { en: "write the same limit in both", zh: "请在两处写相同的 limit" },
  },
  StepField: {
    text: { en: "{field} means nothing in a step of type {type}", zh: "{field} 不适用于类型为 {type} 的步骤" },
    hint: { en: "such a step takes: {known}", zh: "该类步骤可用字段：{known}" },
  },
  RetryOfType: {
    text: {
      en: "{type} does not declare that it may run twice: when its program fails it is not tried again, and this field has no effect",
      zh: "{type} 未声明可以重复执行：程序失败后不会重试，此处的写法无效",
    },
    hint: {
      en: "the registration can set execution.idempotent: true, retry.on or failureMap; an attempt that never started is always tried again",
      zh: "类型的注册者可以写 execution.idempotent: true、retry.on 或 failureMap；从未启动的仍会重试",
    },
  },
  UncheckedStepType: {
    text: {
      en: "{value} is not one of kubemin's own types: this step is not checked here",
      zh: "{value} 不是 kubemin 内置类型：此处不检查该步骤",
    },
    hint: {
      en: "the server knows the registered types: kubemin plan. Known here: {known}",
      zh: "服务器知道已注册的类型：kubemin plan。此处已知：{known}",
    },
  },
  UnknownStep: {
    text: { en: "there is no step {name}", zh: "没有名为 {name} 的步骤" },
    hint: { en: "steps here: {known}", zh: "现有步骤：{known}" },
  },
  StepItself: {
    text: {
      en: "step {name} cannot wait for itself, for a group around it, or for its own sub-steps",
      zh: "步骤 {name} 不能等待自身、所在分组或自己的子步骤",
    },
  },
  StepLater: {
    text: {
      en: "{name} runs after {step}, so {step} cannot wait for it",
      zh: "{name} 在 {step} 之后执行，此处无法等待它",
    },
    hint: { en: "move it before, or use mode: DAG", zh: "请把它移到前面，或使用 mode: DAG" },
  },
  StepInLoop: {
    text: {
      en: "{name} runs once for each value of {group}: only steps inside {group} can refer to it",
      zh: "{name} 会对 {group} 的每个值执行一次：只有 {group} 内的步骤可以引用它",
    },
    hint: { en: "refer to {group} instead", zh: "请改为引用 {group}" },
  },
  CannotCompare: {
    text: {
      en: "{left} ({leftType}) and {right} ({rightType}) cannot be compared with {operator}: nothing is converted",
      zh: "{left}（{leftType}）与 {right}（{rightType}）不能用 {operator} 比较：不做类型转换",
    },
    hint: {
      en: "write a text in quotes; numbers, true and false without",
      zh: "文本写在引号内；数字、true 与 false 不加引号",
    },
  },
  NeverSo: {
    text: { en: "{pointer} is never {value}", zh: "{pointer} 不会是 {value}" },
    hint: { en: "it is one of: {known}", zh: "只会是：{known}" },
  },
  NeverHolds: {
    text: {
      en: "this is never true: {step} begins only when {names} succeeded or was skipped by its own condition",
      zh: "条件永远不成立：{step} 只在 {names} 成功（或因自身条件被跳过）后才开始",
    },
    hint: {
      en: "to react to a failure, no step in between may need the success of {names}: put this step directly after it, use mode: DAG, or finally",
      zh: "要对失败作出反应，中间不能有其他步骤要求 {names} 成功：请把步骤紧跟其后，或使用 mode: DAG、finally",
    },
  },
  Condition: {
    text: {
      en: "not understood at character {position}: expected {expected}, found {found}",
      zh: "第 {position} 个字符处无法理解：应为 {expected}，实际为 {found}",
    },
    hint: {
      en: "write it like /steps/test/outputs/score >= 0.9 && /inputs/stage == 'production'",
      zh: "写法如 /steps/test/outputs/score >= 0.9 && /inputs/stage == 'production'",
    },
  },
  UnknownPointer: {
    text: { en: "{pointer} refers to nothing", zh: "{pointer} 没有指向任何内容" },
    hint: { en: "known here: {known}", zh: "可用：{known}" },
  },
  NoStepOutput: {
    text: { en: "step {name} has no output {output}", zh: "步骤 {name} 没有输出 {output}" },
    hint: { en: "it has: {known}", zh: "可用输出：{known}" },
  },
  TypeMismatch: {
    text: {
      en: "{pointer} is {actual}; {place} takes {expected}",
      zh: "{pointer} 的类型是 {actual}，而 {place} 需要 {expected}",
    },
  },
  ItemOutsideLoop: {
    text: { en: "/item can be used only inside a step with forEach", zh: "/item 只能在带 forEach 的步骤内使用" },
  },
  LoopOverOutput: {
    text: {
      en: "forEach cannot use {pointer}: all jobs must be known before anything runs",
      zh: "forEach 不能使用 {pointer}：所有作业必须在执行前确定",
    },
    hint: {
      en: 'give a list, or refer to an input: { "$from": "/inputs/…" }',
      zh: '请写列表，或引用输入：{ "$from": "/inputs/…" }',
    },
  },
  MissingInput: {
    text: { en: "input {name} has no value", zh: "输入 {name} 没有值" },
    hint: {
      en: "give one when you start the run, or a default in the document",
      zh: "请在启动时给出，或在文档中写默认值",
    },
  },
  SecretShown: {
    text: {
      en: "{pointer} is secret, and would be plain text in {place}",
      zh: "{pointer} 是密钥，不能以明文用于 {place}",
    },
    hint: {
      en: "use it in a property that the job type declares secret; conditions, loops and locks cannot use secrets",
      zh: "只能用于作业类型声明为密钥的属性；条件、循环与锁不能使用密钥",
    },
  },
  SecretFromClear: {
    text: {
      en: "{place} is secret, but {pointer} is stored as plain text",
      zh: "{place} 是密钥，但 {pointer} 以明文保存",
    },
    hint: {
      en: "use an input of the workflow, or declare that output secret in the schema of its job type",
      zh: "请改用工作流的输入，或在作业类型的输出 schema 中将其声明为密钥",
    },
  },
  SecretWritten: {
    text: {
      en: "{name} is secret in the workflow of {application}: its value cannot be written here",
      zh: "{name} 在 {application} 的工作流中是密钥，其值不能写在这里",
    },
    hint: {
      en: "declare an input with secret: true here, and refer to it",
      zh: "请在此声明带 secret: true 的输入并引用它",
    },
  },
  SecretInput: {
    text: { en: "a secret input is text: write type: string", zh: "密钥输入必须是文本：请写 type: string" },
  },
  UnknownInput: {
    text: { en: "there is no input {name}", zh: "没有名为 {name} 的输入" },
    hint: { en: "inputs here: {known}", zh: "现有输入：{known}" },
  },
  ReferenceInInput: {
    text: {
      en: "the value of input {name} contains a reference: only plain values can be given",
      zh: "输入 {name} 的值中含有引用：只能给出普通值",
    },
  },
  NoValue: {
    text: { en: "{pointer} has no value", zh: "{pointer} 没有值" },
    hint: { en: 'give a default: { "$from": …, "default": … }', zh: '请给出默认值：{ "$from": …, "default": … }' },
  },
  NotDeployed: {
    text: { en: "no step deploys component {name}", zh: "没有步骤部署组件 {name}" },
    hint: {
      en: "add it to a step of type deploy, or write components: all in one",
      zh: "请把它加入某个 deploy 步骤，或写 components: all",
    },
  },
  DeployedTwice: {
    text: { en: "component {name} is deployed by {first} already", zh: "组件 {name} 已由 {first} 部署" },
    hint: { en: "a component is deployed once in a run", zh: "一次运行中每个组件只部署一次" },
  },
  DeployFinally: {
    text: { en: "a final step cannot deploy components", zh: "finally 步骤不能部署组件" },
    hint: { en: "move it to steps", zh: "请移到 steps 中" },
  },
  NothingToDeploy: {
    text: { en: "there is nothing left to deploy here", zh: "这里没有可部署的组件" },
  },
  UnknownCall: {
    text: { en: "there is no application {name} with a workflow", zh: "没有带工作流的应用 {name}" },
    hint: { en: "known: {known}", zh: "现有：{known}" },
  },
  CallCircle: {
    text: { en: "the workflows call each other in a cycle: {path}", zh: "工作流相互调用成环：{path}" },
  },
  CallDeploys: {
    text: {
      en: "step {step} of {name} deploys components: such a workflow cannot be called",
      zh: "{name} 的步骤 {step} 会部署组件：不能调用这样的工作流",
    },
  },
  CallBroken: {
    text: {
      en: "the workflow of {name} has a mistake at {place}: {cause}",
      zh: "{name} 的工作流在 {place} 处有误：{cause}",
    },
  },
  TextIsNoTemplate: {
    text: {
      en: "{text} is sent as it is written: values are not inserted into a text",
      zh: "{text} 会原样发出：不会把值填入文本",
    },
    hint: {
      en: "only a whole value can be a reference: { $from: /inputs/NAME }",
      zh: "只有整个值可以是引用：{ $from: /inputs/NAME }",
    },
  },
} as const satisfies Record<string, { readonly text: Localized; readonly hint?: Localized }>;
