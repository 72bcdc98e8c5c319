// Chooses the renderer: the tree if stderr is a terminal that can move its cursor, otherwise plain lines. With JSON or
// YAML output a script reads the result, so plain lines are used too.
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
