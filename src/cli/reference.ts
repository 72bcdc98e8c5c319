// docs/reference/cli.md, made from the table of commands: what `--help` says, for reading.

import { COMMANDS } from "./commands.ts";
import type { Command, Options } from "./grammar/command.ts";
import { EXIT } from "./grammar/exitCodes.ts";
import { GLOBAL_OPTIONS } from "./grammar/globals.ts";
import { optionRows, usageLine } from "./output/help.ts";

export function cliReference(): string {
  const commands = COMMANDS.filter((one) => !one.hidden);
  return [
    "# Command line\n",
    "Made from the table of commands (`src/cli/commands.ts`); do not edit.\n",
    "stdout is data, stderr is progress and advice. On a terminal: tables, colour, ages. Else: tab-separated, no header, no colour, RFC 3339.",
    "`--output json` is the API's own shape; errors are then JSON on stderr in the shape of the API's errors, with `status` 0 when the command line found the mistake itself.",
    "`kubemin logs --output json` prints one object per line.\n",
    "## Server and token\n",
    "`--server` or `KUBEMIN_URL` with `KUBEMIN_TOKEN` or `KUBEMIN_TOKEN_FILE`; without them the server on this machine, found by `server.json` in the state directory (`KUBEMIN_HOME`, else `$XDG_STATE_HOME/kubemin`, else `~/.local/state/kubemin`).\n",
    "## Exit codes\n",
    table(
      ["code", "meaning"],
      Object.values(EXIT).map(({ code, text }) => [String(code), text.en]),
    ),
    "## Options of every command\n",
    optionTable(GLOBAL_OPTIONS),
    "## Commands\n",
    commands.map((one) => `- [${one.name}](#kubemin-${one.name}): ${one.summary.en}`).join("\n"),
    "",
    ...commands.map(commandPage),
  ].join("\n");
}

function commandPage(command: Command): string {
  const examples = command.examples.map(({ line, text }) => `# ${text.en}\nkubemin ${line}`).join("\n");
  const words = command.arguments.map((one) => [
    `\`${one.name}\``,
    `${one.summary.en}${one.optional ? " (optional)" : ""}`,
  ]);
  return [
    `### kubemin ${command.name}\n`,
    `${command.summary.en}.${command.details ? ` ${command.details.en}` : ""}\n`,
    `\`\`\`sh\n${usageLine(command)}\n\`\`\`\n`,
    `\`\`\`sh\n${examples}\n\`\`\`\n`,
    ...(words.length === 0 ? [] : [table(["argument", "meaning"], words)]),
    ...(Object.keys(command.options).length === 0 ? [] : [optionTable(command.options)]),
  ].join("\n");
}

function optionTable(options: Options): string {
  return table(
    ["option", "meaning"],
    optionRows(options, "en").map(([name, text]) => [`\`${name}\``, text]),
  );
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line), ""].join("\n");
}
