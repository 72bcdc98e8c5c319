// Colours, and the glyphs and words of phases and health. Colour is optional: every status is also printed as a word.
// Colours are used only on a terminal and never with NO_COLOR (https://no-color.org).

import type { Language } from "../../model/data/text.ts";
import type { Tone } from "../../model/reasons/tone.ts";
import { PHASES, type Phase } from "../../model/run/phase.ts";
import type { Terminal, TerminalOutput } from "./terminal.ts";

export type Paint = (tone: Tone, text: string) => string;

const CODES = {
  plain: "",
  muted: "2",
  info: "36",
  success: "32",
  warning: "33",
  danger: "31",
  strong: "1",
} as const satisfies Record<Tone, string>;

export function painter(terminal: Terminal, output: TerminalOutput): Paint {
  const off = !output.isTTY || (terminal.env["NO_COLOR"] ?? "") !== "" || terminal.env["TERM"] === "dumb";
  return (tone, text) => (off || CODES[tone] === "" || text === "" ? text : `\x1b[${CODES[tone]}m${text}\x1b[0m`);
}

export function phaseWord(phase: Phase, language: Language): string {
  return `${PHASES[phase].glyph} ${PHASES[phase].text[language]}`;
}

type HealthWord = "healthy" | "outdated" | "changing" | "degraded" | "unknown";
export const HEALTH = {
  healthy: { glyph: "●", tone: "success", text: { en: "healthy", zh: "健康" } },
  outdated: { glyph: "◒", tone: "warning", text: { en: "outdated", zh: "未更新" } },
  changing: { glyph: "◐", tone: "info", text: { en: "changing", zh: "变更中" } },
  degraded: { glyph: "✕", tone: "danger", text: { en: "degraded", zh: "降级" } },
  unknown: { glyph: "?", tone: "warning", text: { en: "unknown", zh: "未知" } },
} as const satisfies Record<HealthWord, { glyph: string; tone: Tone; text: { en: string; zh: string } }>;

export function healthWord(health: HealthWord, language: Language): string {
  return `${HEALTH[health].glyph} ${HEALTH[health].text[language]}`;
}
