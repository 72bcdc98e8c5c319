// kubemin plugin: lists the plug-ins that this configuration loads, and what they define.
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { PLUGIN_OPTION } from "../../grammar/plugins.ts";
import { printListing } from "../../output/output.ts";

export const pluginCommand = defineCommand({
  name: "plugin",
  summary: { en: "plug-ins and what they define; works offline", zh: "插件及其定义；可离线使用" },
  details: {
    en: "A plug-in is a package that exports definitions. The checks are those of a server at its start; a plug-in that fails them is refused with the reason.",
    zh: "插件是导出定义的包。此处的检查与服务器启动时相同；不合格的插件会被拒绝，并说明原因。",
  },
  examples: [
    { line: "plugin list --plugin ./my-plugin", text: { en: "check one and list it", zh: "检查并列出一个插件" } },
    { line: "plugin list -o json", text: { en: "the plug-ins in KUBEMIN_PLUGINS", zh: "KUBEMIN_PLUGINS 中的插件" } },
  ],
  arguments: [{ name: "list", choices: ["list"], summary: { en: "the only action", zh: "唯一的操作" } }],
  options: PLUGIN_OPTION,
  async run(context) {
    const { plugins } = context.root;
    printListing(context, {
      rows: plugins,
      columns: [
        { header: { en: "name", zh: "名称" }, cell: (row) => row.name },
        { header: { en: "version", zh: "版本" }, cell: (row) => row.version },
        { header: { en: "component types", zh: "组件类型" }, cell: (row) => row.components.join(", ") },
        { header: { en: "traits", zh: "特征" }, cell: (row) => row.traits.join(", ") },
        { header: { en: "source", zh: "来源" }, cell: (row) => row.source },
      ],
      name: (row) => row.name,
      data: { items: plugins, next: null },
      empty: {
        en: "no plug-in: name one with --plugin, or set KUBEMIN_PLUGINS",
        zh: "没有插件：请用 --plugin 指定，或设置 KUBEMIN_PLUGINS",
      },
    });
    return EXIT.done.code;
  },
});
