// Draws the tree of a run on a terminal and redraws it in place. The cursor moves up only over lines that were drawn
// here, so earlier output on the screen stays. tree.ts makes the lines.
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
      // The last drawing stays on the screen, so it leaves out notices and log lines.
      [logs, notice] = [[], undefined];
      draw();
    },
  };
}

/** A terminal that got narrower has wrapped the old lines, so their rows are counted with the present width. */
function redraw(
  before: readonly string[],
  after: readonly TreeLine[],
  screen: { readonly columns: number; readonly paint: (line: TreeLine) => string },
): string {
  const rows = before.reduce((sum, text) => sum + Math.max(1, Math.ceil(displayWidth(text) / screen.columns)), 0);
  const up = rows === 0 ? "" : `\x1b[${rows}A\r`;
  return `${up}${after.map((line) => `${screen.paint(line)}\x1b[K\n`).join("")}\x1b[J`;
}
