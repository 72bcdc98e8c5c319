// Loads the plug-ins of a command: first those of KUBEMIN_PLUGINS, then those of --plugin. Only commands that declare
// the option --plugin load plug-ins. src/plugin/load.ts does the loading.

import type { Terminal } from "../terminal/terminal.ts";
import type { Option, ParsedWords } from "./command.ts";
import type { Root } from "./root.ts";

export const PLUGIN_OPTION = {
  plugin: {
    type: "list",
    value: "PATH|PACKAGE",
    complete: "file",
    summary: {
      en: "load the definitions of a plug-in, in addition to those in KUBEMIN_PLUGINS (separated by commas); may be repeated",
      zh: "加载插件中的定义，可重复；另会加载 KUBEMIN_PLUGINS 中的插件（逗号分隔）",
    },
  },
} as const satisfies Record<string, Option>;

export async function rootFor(root: Root, values: ParsedWords["values"], terminal: Terminal): Promise<Root> {
  const named = values["plugin"];
  if (!Array.isArray(named)) return root;
  const given = (terminal.env["KUBEMIN_PLUGINS"] ?? "").split(",").map((one) => one.trim());
  const sources = [...given.filter((one) => one !== ""), ...named.map(String)];
  return sources.length === 0 ? root : await root.withPlugins(sources);
}
