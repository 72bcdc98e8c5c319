// kubemin init: writes a first document and, next to it, the schema with which an editor completes and checks it.
import { existsSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { documentSchema } from "../../../plan/schema/schema.ts";
import { STARTING_POINTS, startingPoint } from "../../documents/startingPoints.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { Failure } from "../../grammar/failure.ts";
import { PLUGIN_OPTION } from "../../grammar/plugins.ts";

const EXISTS = {
  code: "Conflict",
  exit: EXIT.conflict.code,
  text: { en: "{file} already exists", zh: "{file} 已存在" },
  advice: {
    en: "name another file with --file, or overwrite it with --force",
    zh: "请用 --file 指定其他文件，或用 --force 覆盖",
  },
} as const;

export const initCommand = defineCommand({
  name: "init",
  summary: {
    en: "write a first document, and its schema for your editor",
    zh: "生成起始文档，以及供编辑器使用的 schema",
  },
  examples: [
    { line: "init", text: { en: "one web server: app.yaml", zh: "单个 Web 服务：app.yaml" } },
    {
      line: "init web-worker-redis --file shop.yaml",
      text: { en: "several components that are deployed in order", zh: "多个按序部署的组件" },
    },
  ],
  arguments: [
    {
      name: "web|web-worker-redis|task",
      optional: true,
      choices: Object.keys(STARTING_POINTS),
      summary: { en: "default: web", zh: "默认：web" },
    },
  ],
  options: {
    ...PLUGIN_OPTION,
    file: { type: "text", value: "FILE", complete: "file", summary: { en: "default: app.yaml", zh: "默认：app.yaml" } },
    force: { type: "flag", summary: { en: "overwrite an existing file", zh: "覆盖已有文件" } },
  },
  async run(context) {
    const { file = "app.yaml", force } = context.options;
    const path = resolve(context.terminal.directory, file);
    const schema = join(dirname(path), "kubemin.schema.json");
    if (!force && existsSync(path)) throw new Failure(EXISTS, { file });
    const text = startingPoint(context.arguments[0] ?? "web", basename(schema), context.language);
    writeFileSync(path, text, { flag: force ? "w" : "wx" });
    // Only kubemin writes this file, and it is the same for all documents. It is always overwritten, so that it fits
    // this version.
    writeFileSync(schema, `${JSON.stringify(documentSchema(context.root.catalog), null, 2)}\n`);
    context.terminal.stdout.write(`${file}\n`);
    const next = {
      en: "next: kubemin validate {file}   kubemin deploy {file}",
      zh: "下一步：kubemin validate {file}   kubemin deploy {file}",
    };
    context.terminal.stderr.write(`${context.say(next, { file })}\n`);
    return EXIT.done.code;
  },
});
