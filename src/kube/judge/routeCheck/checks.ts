// Does a published route lead to its program? Asked over the network while somebody follows the route, and answered later:
// a status rule asks in passing and is told what is known so far. What is known is kept for a moment, so that many looks are one request.
import type { Clock } from "../../../ports/clock.ts";
import type { Ask, RouteRequest } from "./askAddress.ts";
import { isDefaultBackend } from "./defaultBackend.ts";

export interface RouteQuestion {
  /** Of the object as it is: another generation is another question. */
  readonly key: string;
  readonly request: RouteRequest;
  /** The Service behind it. */
  readonly backend: { readonly namespace: string; readonly service: string; readonly port: number };
}

export type RouteState =
  | { readonly kind: "asking" }
  /** The program answered, with whatever. */
  | { readonly kind: "answered"; readonly status: number }
  /** The controller answered in its stead. */
  | { readonly kind: "refused"; readonly status: number; readonly body: string; readonly since: number }
  | { readonly kind: "unreachable"; readonly detail: string };

export interface RouteChecks {
  /** Asks when it is not known, or not lately. */
  ask(question: RouteQuestion): RouteState;
  /** What is known, without asking. */
  known(question: RouteQuestion): RouteState | undefined;
  close(): void;
}

interface RouteCheckOptions {
  readonly clock: Clock;
  readonly ask: Ask;
  /** Does the program itself answer 404 there? Asked without the route between; false when that cannot be known. */
  readonly programSays404: (question: RouteQuestion, signal: AbortSignal) => Promise<boolean>;
  readonly onAnswer: () => void;
}

const TIMEOUT = 5_000;
/** A controller that has not taken the route up yet is asked again so soon. */
const AGAIN = 500;
/** A deploy a moment ago is answered for; a later one asks anew, for the program may have changed behind an equal route. */
const KEPT = 10_000;
const SIZE = 2_000;

interface Entry {
  readonly state: RouteState;
  readonly at: number;
  readonly pending: boolean;
}

export function createRouteChecks(options: RouteCheckOptions): RouteChecks {
  const { clock, onAnswer } = options;
  const entries = new Map<string, Entry>();
  const closed = new AbortController();
  const now = (): number => clock.now().getTime();
  const begin = async (question: RouteQuestion, state: RouteState): Promise<void> => {
    if (entries.size > SIZE) entries.clear();
    entries.set(question.key, { state, at: now(), pending: true });
    const answer = await stateOf(options, question, closed.signal);
    const since = answer.kind === "refused" && state.kind === "refused" ? { since: state.since } : {};
    entries.set(question.key, { state: { ...answer, ...since }, at: now(), pending: false });
    if (!closed.signal.aborted) onAnswer();
  };
  return {
    ask(question) {
      const entry = entries.get(question.key);
      if (entry?.pending === true) return entry.state;
      const refused = entry?.state.kind === "refused";
      if (entry !== undefined && now() - entry.at < (refused ? AGAIN : KEPT)) return entry.state;
      // While it is asked again the old refusal stands: it must last without a gap to become final.
      const state: RouteState = refused && entry !== undefined ? entry.state : { kind: "asking" };
      void begin(question, state);
      return state;
    },
    known: (question) => entries.get(question.key)?.state,
    close: () => closed.abort(),
  };
}

async function stateOf(
  { clock, ask, programSays404 }: RouteCheckOptions,
  question: RouteQuestion,
  closed: AbortSignal,
): Promise<RouteState> {
  const limit = new AbortController();
  const signal = AbortSignal.any([closed, limit.signal]);
  void clock.sleep(TIMEOUT, signal).then(() => limit.abort());
  try {
    const answer = await ask(question.request, signal);
    const theirs = isDefaultBackend(answer) && !(answer.status === 404 && (await programSays404(question, signal)));
    if (!theirs) return { kind: "answered", status: answer.status };
    const since = clock.now().getTime();
    return { kind: "refused", status: answer.status, body: answer.body.trim().slice(0, 200), since };
  } catch (cause) {
    return { kind: "unreachable", detail: limit.signal.aborted ? "no answer within 5s" : wordsFor(cause) };
  } finally {
    limit.abort();
  }
}

function wordsFor(cause: unknown): string {
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error ? first.message : String(first);
}
