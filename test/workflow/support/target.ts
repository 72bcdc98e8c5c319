// The addresses that the documents of the cases call, in virtual time. The path decides how an address answers; every
// call is recorded.
import type { Clock } from "../../../src/ports/clock.ts";
import {
  type Outgoing,
  type OutgoingAnswer,
  OutgoingRefused,
  type OutgoingRequest,
} from "../../../src/ports/outgoing.ts";

export interface Call {
  readonly method: string;
  /** The path, without the host. */
  readonly path: string;
  /** Milliseconds of virtual time. */
  readonly from: number;
  /** Milliseconds of virtual time; `undefined` while the call is in progress. */
  to?: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Target {
  readonly outgoing: Outgoing;
  readonly calls: readonly Call[];
}

/** Milliseconds that an address takes by default. Without a delay, calls at the same moment would have no order. */
const QUICK = 5;
const ANSWER_BYTES = 1_000_000;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly after?: number;
}

type Answering = (words: readonly string[], request: OutgoingRequest, seen: Map<string, number>) => Answer;

const json = (status: number, value: unknown): Answer => ({ status, body: JSON.stringify(value) });

/**
 * `/slow/400` answers after 400 ms, `/flaky/name/2` fails twice first, `/big/1000` has a body of that many characters.
 */
const ANSWERS: Readonly<Record<string, Answering>> = {
  ok: () => json(200, { ok: true }),
  status: ([status]) => json(Number(status), { status: Number(status) }),
  json: ([text = "null"]) => ({ status: 200, body: text }),
  slow: ([time]) => ({ ...json(200, { slept: Number(time) }), after: Number(time) }),
  flaky: ([name = "", failures], _, seen) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return json(count <= Number(failures) ? 503 : 200, { try: count });
  },
  echo: (_, { body = "{}" }) => ({ status: 200, body }),
  big: ([length]) => json(200, { length: Number(length), text: "x".repeat(Number(length)) }),
};

export function scriptedTarget(clock: Clock): Target {
  const calls: Call[] = [];
  const seen = new Map<string, number>();
  const request = async (asked: OutgoingRequest): Promise<OutgoingAnswer> => {
    const { pathname, host } = new URL(asked.url);
    const call: Call = {
      method: asked.method,
      path: pathname,
      from: clock.now().getTime(),
      headers: asked.headers ?? {},
    };
    calls.push(call);
    const [name = "", ...words] = pathname.split("/").slice(1).map(decodeURIComponent);
    const answer = (ANSWERS[name] ?? ANSWERS["ok"])?.(words, asked, seen) ?? json(200, {});
    await clock.sleep(answer.after ?? QUICK, asked.signal);
    call.to = clock.now().getTime();
    const limit = asked.limits?.answerBytes ?? ANSWER_BYTES;
    if (answer.body.length > limit) throw new OutgoingRefused("AnswerTooLarge", { host, limit });
    if (asked.signal.aborted) throw new OutgoingRefused("Aborted", { host });
    return { status: answer.status, headers: { "content-type": "application/json" }, body: answer.body };
  };
  const outgoing: Outgoing = {
    request,
    check: () => undefined,
    admit: async (host) => host,
    verify: () => undefined,
  };
  return { outgoing, calls };
}
