// The tree on a terminal, redrawn in place. Only moves the cursor up over what it drew itself, so what was on the screen before stays.
import type { CommandContext } from "../../grammar/command.ts";
import { painter } from "../../terminal/style.ts";
import { displayWidth } from "../../terminal/width.ts";
import type { ApiRun, ProgressRenderer } from "./progress.ts";
import { type JobLogLine, type TreeLine, treeLines } from "./tree.ts";

const REDRAW_EVERY = 250;
const KEPT_LOGS = 5;

export function liveProgress(context: CommandContext): ProgressRenderer {
  const { terminal, language } = context;
  const screen = terminal.stderr;
  const paint = painter(terminal, screen);
  let run: ApiRun | undefined;
  let logs: readonly JobLogLine[] = [];
  let notice: string | undefined;
  let newsSinceNotice = 0;
  let drawn: readonly string[] = [];
  let stop: (() => void) | undefined;

  const draw = (): void => {
    if (run === undefined) return;
    const lines = treeLines({ run, logs, notice, now: terminal.now(), language }, screen);
    const texts = lines.map(({ text }) => text);
    if (texts.length === drawn.length && texts.every((text, index) => text === drawn[index])) return;
    screen.write(redraw(drawn, lines, { columns: screen.columns, paint: ({ tone, text }) => paint(tone, text) }));
    drawn = texts;
  };
  return {
    show(next) {
      run = next;
      if (++newsSinceNotice > 2) notice = undefined;
      stop ??= terminal.every(REDRAW_EVERY, draw);
      draw();
    },
    log(job, text) {
      logs = [...logs, { job, text }].slice(-KEPT_LOGS);
    },
    notice(text) {
      [notice, newsSinceNotice] = [text, 0];
      draw();
    },
    end() {
      stop?.();
      // What the tree says at last stays in the scrollback: without our own notices and the tail of the log.
      [logs, notice] = [[], undefined];
      draw();
    },
  };
}

/** When the window got narrower, the terminal has wrapped what we drew: the old lines are counted as they lie there now. */
function redraw(
  before: readonly string[],
  after: readonly TreeLine[],
  screen: { readonly columns: number; readonly paint: (line: TreeLine) => string },
): string {
  const rows = before.reduce((sum, text) => sum + Math.max(1, Math.ceil(displayWidth(text) / screen.columns)), 0);
  const up = rows === 0 ? "" : `\x1b[${rows}A\r`;
  return `${up}${after.map((line) => `${screen.paint(line)}\x1b[K\n`).join("")}\x1b[J`;
}
