// Tests that the live tree fits every screen, shows every phase as a word, and leaves earlier output on the screen
// alone.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { liveProgress } from "../../../../src/cli/follow/progress/live.ts";
import type { ApiJob, ApiRun } from "../../../../src/cli/follow/progress/progress.ts";
import { treeLines } from "../../../../src/cli/follow/progress/tree.ts";
import type { CommandContext } from "../../../../src/cli/grammar/command.ts";
import { displayWidth, truncate } from "../../../../src/cli/terminal/width.ts";
import { translate } from "../../../../src/model/data/text.ts";
import { isFailure, PHASE_NAMES, PHASES } from "../../../../src/model/run/phase.ts";
import { job, reason, run } from "../../support/fixtures.ts";
import { NOW, testTerminal } from "../../support/terminal.ts";

const texts = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constant("等待资源：没有节点有 8 个空闲 GPU"),
);
const jobs: fc.Arbitrary<ApiJob> = fc
  .tuple(
    fc.stringMatching(/^[a-z][a-z0-9-]{0,45}$/),
    fc.constantFrom(...PHASE_NAMES),
    texts,
    fc.integer({ min: 0, max: 5 }),
  )
  .map(([name, phase, message, attempt]) =>
    job(name, phase, { reason: reason("Custom", message), attempt, attempts: 3 }),
  );
const runs: fc.Arbitrary<ApiRun> = fc.array(jobs, { maxLength: 80 }).map((all) => run({ jobs: all }));
const logs = fc.array(fc.record({ job: fc.string({ maxLength: 10 }), text: texts }), { maxLength: 8 });

describe("the live tree", () => {
  it("is never wider nor higher than the screen", () => {
    fc.assert(
      fc.property(
        runs,
        logs,
        fc.integer({ min: 1, max: 140 }),
        fc.integer({ min: 2, max: 50 }),
        fc.constantFrom("en" as const, "zh" as const),
        (value, tail, columns, rows, language) => {
          const lines = treeLines({ run: value, logs: tail, notice: undefined, now: NOW, language }, { columns, rows });
          expect(lines.length).toBeLessThanOrEqual(rows - 1);
          for (const { text } of lines) {
            expect(displayWidth(text)).toBeLessThan(Math.max(2, columns));
            expect(text).not.toMatch(/\p{Cc}/u);
          }
        },
      ),
    );
  });

  it("shows every job as long as there is room, and what failed longest", () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      job(`w${index}`, index === 17 ? "failed" : index < 39 ? "succeeded" : "running"),
    );
    const lines = (rows: number) =>
      treeLines(
        { run: run({ jobs: many }), logs: [], notice: undefined, now: NOW, language: "en" },
        { columns: 80, rows },
      ).map((one) => one.text);
    expect(lines(60)).toHaveLength(41);
    expect(lines(10)).toEqual([
      "shop v2 · run 3 · 1m00s · prod",
      "● 38 succeeded",
      expect.stringMatching(/^✕ w17 +failed/),
      expect.stringMatching(/^◐ w39 +running/),
    ]);
  });

  it("shows or counts every job, and folds nothing that failed while anything harmless is shown", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...PHASE_NAMES), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 2, max: 60 }),
        fc.constantFrom("en" as const, "zh" as const),
        (phases, rows, language) => {
          const all = phases.map((phase, index) => job(`job-${index}.`, phase));
          const lines = linesOf(all, { columns: 400, rows }, language);
          const shown = all.filter((one) => lines.some((line) => line.includes(one.name)));
          const counted = lines
            .filter((line) => !line.includes("job-"))
            .flatMap((line) => countsIn(line, language))
            .reduce((sum, count) => sum + count, 0);
          expect(shown.length + counted).toBe(all.length);
          const folded = all.filter((one) => !shown.includes(one));
          if (folded.some((one) => isFailure(one.phase)))
            expect(shown.filter((one) => !isFailure(one.phase))).toEqual([]);
        },
      ),
    );
  });

  it("keeps the one failure among many that wait for room, whatever they wait for", () => {
    for (const phase of PHASE_NAMES.filter((one) => one !== "failed" && one !== "succeeded")) {
      const many = Array.from({ length: 30 }, (_, index) => job(`wait-${index}`, phase));
      const lines = linesOf([...many, job("zz-broken", "failed")], { columns: 80, rows: 20 }, "en");
      expect(lines.filter((line) => line.includes("zz-broken"))).toHaveLength(1);
      expect(lines.at(-1)).toMatch(new RegExp(`and 14 more: 14 ${PHASES[phase].text.en}`));
      expect(lines).toHaveLength(19);
    }
  });

  it("keeps what waits for a person longer than what goes on by itself", () => {
    const gate = job("gate", "running", { reason: reason("Approval", "waits for an approval by lin", "you") });
    const many = Array.from({ length: 30 }, (_, index) => job(`w${index}`, "running"));
    expect(linesOf([...many, gate], { columns: 80, rows: 6 }, "en").join("\n")).toContain(
      "waits for an approval by lin",
    );
  });

  it("says what holds back the whole run", () => {
    const held = run({
      state: "queued",
      reason: reason("PlacesTaken", "2 of 2 slots of this project are in use by shop#1, shop#2"),
    });
    const [head] = treeLines(
      { run: held, logs: [], notice: undefined, now: NOW, language: "en" },
      { columns: 120, rows: 9 },
    );
    expect(head?.text).toBe(
      "shop v2 · run 3 · 1m00s · prod · queued: 2 of 2 slots of this project are in use by shop#1, shop#2",
    );
  });

  it("marks what waits for the operator", () => {
    const stuck = job("train", "running", {
      reason: reason("Unschedulable", "no node takes the pod: 8 GPUs", "operator"),
    });
    const [, line] = treeLines(
      { run: run({ jobs: [stuck] }), logs: [], notice: undefined, now: NOW, language: "en" },
      { columns: 80, rows: 9 },
    );
    expect(line).toEqual({ tone: "warning", text: "◐!train  running  58s      no node takes the pod: 8 GPUs" });
  });

  it("says which attempt runs, since when, and how the one before it ended", () => {
    const again = job("train", "running", {
      attempt: 2,
      interruptions: 1,
      activeSince: new Date(NOW.getTime() - 5_000).toISOString(),
      reason: reason("TaskRunning", "the task is running"),
      earlier: [
        {
          attempt: 1,
          at: NOW.toISOString(),
          reason: reason("Interrupted", "the cluster interrupted the pod: Preempted"),
        },
      ],
    });
    const texts = (language: "en" | "zh") => linesOf([again], { columns: 160, rows: 9 }, language);
    expect(texts("en")[1]).toBe(
      "◐ train  running  5s       attempt 2 · attempt 1 ended: the cluster interrupted the pod: Preempted · the task is running",
    );
    expect(texts("zh")[1]).toContain("5s       第 2 次 · 第 1 次的结局：");
    const counted = job("train", "running", { ...again, interruptions: 0, attempts: 3 });
    expect(linesOf([counted], { columns: 160, rows: 9 }, "en")[1]).toContain("attempt 2/3 · attempt 1 ended:");
  });

  it("redraws in place: the screen holds what was there before, and the tree once", () => {
    fc.assert(
      fc.property(fc.array(runs, { minLength: 1, maxLength: 5 }), fc.integer({ min: 4, max: 30 }), (states, rows) => {
        const terminal = testTerminal({ tty: true, columns: 60, rows });
        const context = {
          terminal,
          language: "en",
          say: (text: { en: string; zh: string }) => translate(text, "en"),
        } as unknown as CommandContext; // the renderer uses only these fields
        terminal.stderr.write("$ kubemin watch shop\n");
        const progress = liveProgress(context);
        for (const state of states) progress.show(state, state.createdAt);
        progress.end();
        const last = states.at(-1) ?? run();
        const expected = treeLines(
          { run: last, logs: [], notice: undefined, now: NOW, language: "en" },
          { columns: 60, rows },
        );
        expect(screenOf(terminal.out.stderr)).toEqual(["$ kubemin watch shop", ...expected.map((one) => one.text)]);
      }),
    );
  });
});

function linesOf(
  jobs: readonly ApiJob[],
  size: { readonly columns: number; readonly rows: number },
  language: "en" | "zh",
): readonly string[] {
  const input = { run: run({ jobs: [...jobs] }), logs: [], notice: undefined, now: NOW, language };
  return treeLines(input, size).map((one) => one.text);
}

/** The numbers in front of the word of a phase. */
function countsIn(line: string, language: "en" | "zh"): readonly number[] {
  const words = PHASE_NAMES.map((phase) => PHASES[phase].text[language]).join("|");
  return [...line.matchAll(new RegExp(`(\\d+) (?:个)?(?:${words})`, "g"))].map((match) => Number(match[1]));
}

const ESCAPE = "\\u001B";
const TOKENS = new RegExp(`${ESCAPE}\\[\\d*[A-Za-z]|\n|\r|[^${ESCAPE}\n\r]+`, "g");
const UP = new RegExp(`^${ESCAPE}\\[(\\d+)A$`);

/** The screen of a terminal after this output. It knows only the control sequences that kubemin uses. */
function screenOf(written: string): string[] {
  let lines: string[] = [""];
  let row = 0;
  for (const [token] of written.matchAll(TOKENS)) {
    const up = UP.exec(token)?.[1];
    if (up !== undefined) row -= Number(up);
    else if (token === "\x1b[J") lines = lines.slice(0, row + 1).map((line, index) => (index === row ? "" : line));
    else if (token === "\n") lines[++row] ??= "";
    else if (token !== "\r" && token !== "\x1b[K") lines[row] = token;
  }
  return lines.slice(0, row);
}

describe("width", () => {
  it("counts Chinese as two columns and cuts between characters", () => {
    expect(displayWidth("等待 redis")).toBe(10);
    expect(truncate("等待资源", 6)).toBe("等待…");
    expect(truncate("abc", 3)).toBe("abc");
  });
});
