// The text of docs/reference/cli.md, generated from the table of commands: the content of `--help` as one page.
// tools/generate.ts writes the file.

import { COMMANDS } from "./commands.ts";
import type { Command, Options } from "./grammar/command.ts";
import { EXIT } from "./grammar/exitCodes.ts";
import { GLOBAL_OPTIONS } from "./grammar/globals.ts";
import { optionRows, usageLine } from "./output/help.ts";

export function cliReference(): string {
  const commands = COMMANDS.filter((one) => !one.hidden);
  return [
    "# Command line\n",
    "Generated from the table of commands (`src/cli/commands.ts`); do not edit.\n",
    "Data goes to stdout; progress and advice go to stderr. On a terminal, data is printed as tables with colours and ages. Otherwise it is tab-separated, without a header or colours, and times are in RFC 3339.",
    "`--output json` prints what the API returns. Errors are then JSON on stderr, in the format of the API's errors; `status` is 0 if the command line found the mistake itself.",
    "`kubemin logs --output json` prints one object per line.\n",
    "## Server and token\n",
    "`--server` or `KUBEMIN_URL` with `KUBEMIN_TOKEN` or `KUBEMIN_TOKEN_FILE`; by default the server on this machine, which the command line finds through `server.json` in the state directory (`KUBEMIN_HOME`, otherwise `$XDG_STATE_HOME/kubemin`, otherwise `~/.local/state/kubemin`).\n",
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
