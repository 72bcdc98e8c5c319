// Which of the two renderers: the tree needs a terminal that can move its cursor; with JSON output somebody else is reading.
import type { CommandContext } from "../../grammar/command.ts";
import { liveProgress } from "./live.ts";
import { plainProgress } from "./plain.ts";
import type { ProgressRenderer } from "./progress.ts";

export function progressFor(context: CommandContext): ProgressRenderer {
  const { stderr, env } = context.terminal;
  const { output } = context.globals;
  const live = stderr.isTTY && env["TERM"] !== "dumb" && output !== "json" && output !== "yaml";
  return live ? liveProgress(context) : plainProgress(context);
}
