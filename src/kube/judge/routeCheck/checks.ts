// Checks over the network whether a published route leads to its program. A check runs in the background while the
// route is followed: a status rule asks and immediately gets what is known so far. Results are reused for a while, so
// that many looks cost one request.
import type { Clock } from "../../../ports/clock.ts";
import type { Ask, RouteRequest } from "./askAddress.ts";
import { isDefaultBackend } from "./defaultBackend.ts";

export interface RouteQuestion {
  /** Identifies the object, its generation and the address. Another generation is another question. */
  readonly key: string;
  readonly request: RouteRequest;
  /** The Service behind the route. */
  readonly backend: { readonly namespace: string; readonly service: string; readonly port: number };
}

export type RouteState =
  | { readonly kind: "asking" }
  /** The program answered, with any status. */
  | { readonly kind: "answered"; readonly status: number }
  /** The controller answered instead of the program. */
  | { readonly kind: "refused"; readonly status: number; readonly body: string; readonly since: number }
  | { readonly kind: "unreachable"; readonly detail: string };

export interface RouteChecks {
  /** What is known now. Starts a check when there is no recent result. */
  ask(question: RouteQuestion): RouteState;
  /** What is known, without starting a check. */
  known(question: RouteQuestion): RouteState | undefined;
  close(): void;
}

interface RouteCheckOptions {
  readonly clock: Clock;
  readonly ask: Ask;
  /**
   * Whether the program itself answers 404, asked without going through the route. `false` when that cannot be found
   * out.
   */
  readonly programSays404: (question: RouteQuestion, signal: AbortSignal) => Promise<boolean>;
  readonly onAnswer: () => void;
}

const TIMEOUT = 5_000;
/** Milliseconds until a route that the controller refused is checked again. */
const AGAIN = 500;
/**
 * Milliseconds for which another result is reused. After that the route is checked again, because the program behind it
 * may have changed.
 */
const KEPT = 10_000;
const SIZE = 2_000;

interface CachedRoute {
  readonly state: RouteState;
  readonly at: number;
  readonly pending: boolean;
}

export function createRouteChecks(options: RouteCheckOptions): RouteChecks {
  const { clock, onAnswer } = options;
  const entries = new Map<string, CachedRoute>();
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
      // During a new check the old refusal remains the state: it must last without a gap to become final.
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
    return { kind: "unreachable", detail: limit.signal.aborted ? "NoAnswerWithin5s" : wordsFor(cause) };
  } finally {
    limit.abort();
  }
}

function wordsFor(cause: unknown): string {
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error ? first.message : String(first);
}
