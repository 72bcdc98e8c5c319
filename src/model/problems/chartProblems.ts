// Problems of a chart: finding it, rendering it, and the objects that it renders. Rows of the table of problems.
import type { Localized } from "../data/text.ts";

export const CHART_PROBLEMS = {
  ChartProgram: {
    text: {
      en: "this server cannot render charts: there is no program {program}",
      zh: "该服务器无法渲染 chart：找不到程序 {program}",
    },
    hint: {
      en: "install helm on the server, or set KUBEMIN_HELM to its path, and restart the server",
      zh: "请在服务器上安装 helm，或用 KUBEMIN_HELM 指定其路径，然后重启服务器",
    },
  },
  ChartFolder: {
    text: { en: "this server has no folder of charts", zh: "该服务器没有 chart 目录" },
    hint: {
      en: "start it with --charts DIR, or send the chart as archive",
      zh: "请用 --charts 目录 启动服务器，或用 archive 提交 chart",
    },
  },
  NoChart: {
    text: { en: "there is no chart {name} on this server", zh: "该服务器上没有 chart {name}" },
    hint: { en: "it has: {known}", zh: "可用：{known}" },
  },
  ChartNotRendered: {
    text: {
      en: "charts are rendered only by the server: the objects of this one were not checked",
      zh: "chart 仅由服务器渲染：其生成的对象未检查",
    },
  },
  ChartValue: { text: { en: "the chart does not take this: {detail}", zh: "chart 不接受该值：{detail}" } },
  ChartFailed: { text: { en: "the chart cannot be rendered: {detail}", zh: "chart 无法渲染：{detail}" } },
  ChartSlow: {
    text: { en: "the chart was not rendered within {seconds} s", zh: "chart 未能在 {seconds} 秒内完成渲染" },
  },
  ChartLarge: {
    text: { en: "the chart renders to more than {bytes} bytes", zh: "chart 生成的内容超过 {bytes} 字节" },
    hint: { en: "split it", zh: "请拆分" },
  },
  ChartUnstable: {
    text: {
      en: "{objects} is different at each rendering of the chart: every deploy would change it",
      zh: "每次渲染得到的 {objects} 都不同：每次部署都会改动它",
    },
    hint: {
      en: "set the value that the chart generates (a password, a certificate) in secretValues or values",
      zh: "请在 secretValues 或 values 中给出 chart 随机生成的值（密码、证书等）",
    },
  },
  ChartHook: {
    text: {
      en: "{object} is a hook of Helm ({hook}), which kubemin does not run",
      zh: "{object} 是 Helm 钩子（{hook}），kubemin 不执行钩子",
    },
    hint: {
      en: "switch it off in the chart's values, or leave all hooks out with withoutHooks: true",
      zh: "请在 chart 的 values 中关闭，或用 withoutHooks: true 去掉所有钩子",
    },
  },
  SecretInClear: {
    text: {
      en: "{object} would contain a secret value as plain text, at {field}",
      zh: "{object} 的 {field} 会以明文包含密钥",
    },
    hint: {
      en: "only a Secret may contain it: let the chart refer to a Secret",
      zh: "密钥只能放在 Secret 中，请让 chart 引用 Secret",
    },
  },
} as const satisfies Record<string, { readonly text: Localized; readonly hint?: Localized }>;
