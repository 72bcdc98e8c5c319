// kubemin doctor: checks whether everything is in place and prints what to do if it is not. It changes nothing; only
// with --network it creates pods for a short time.

import { checkUp } from "../../administration/doctorChecks.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { printData } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";
import { painter } from "../../terminal/style.ts";

const GRADES = {
  ok: { tone: "success", text: { en: "ok  ", zh: "正常" } },
  warn: { tone: "warning", text: { en: "warn", zh: "警告" } },
  fail: { tone: "danger", text: { en: "fail", zh: "失败" } },
} as const;

export const doctorCommand = defineCommand({
  name: "doctor",
  summary: { en: "check this machine, the server, the token, the clusters", zh: "检查本机、服务器、令牌与集群" },
  examples: [
    { line: "doctor", text: { en: "one line per check, with what to do", zh: "逐项检查并给出建议" } },
    { line: "doctor -o json", text: { en: "for a script", zh: "用于脚本" } },
  ],
  arguments: [],
  options: {
    network: {
      type: "flag",
      summary: {
        en: "test whether networks enforce policies: creates three small pods for half a minute",
        zh: "验证网络是否执行网络策略：会创建三个小 Pod，约半分钟",
      },
    },
  },
  async run(context) {
    const checks = await checkUp(
      context,
      (address) => connect(context, address),
      context.options.network ? "ask" : "leave",
    );
    const exit = checks.some((one) => one.grade === "fail") ? EXIT.failed.code : EXIT.done.code;
    if (printData(context, { items: checks, next: null })) return exit;
    const { stdout } = context.terminal;
    const paint = painter(context.terminal, stdout);
    for (const { grade, name, detail, advice } of checks) {
      const { tone, text } = GRADES[grade];
      if (stdout.isTTY) {
        stdout.write(`${paint(tone, text[context.language])}  ${name}: ${detail}\n`);
        if (advice !== "") stdout.write(`      ${advice}\n`);
      } else stdout.write(`${[grade, name, detail, advice].join("\t")}\n`);
    }
    return exit;
  },
});
