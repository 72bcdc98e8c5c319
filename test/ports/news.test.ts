// Tests of news: an announcement between reading the state and waiting ends the wait, and no wait leaves listeners or
// timers behind.
import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createNews, type News } from "../../src/ports/news.ts";
import { createVirtualClock } from "../support/virtualClock.ts";

/** Lets all promises continue that can. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function waitOn(news: News, ...given: Parameters<News["after"]>): { readonly over: () => boolean } {
  let over = false;
  void news.after(...given).then(() => {
    over = true;
  });
  return { over: () => over };
}

/** A source of news like a database: it calls its subscribers and counts them. */
function createSource() {
  const subscribed = new Set<() => void>();
  return {
    subscribe: (notify: () => void) => {
      subscribed.add(notify);
      return () => void subscribed.delete(notify);
    },
    announce: () => {
      for (const notify of subscribed) notify();
    },
    size: () => subscribed.size,
  };
}

describe("news", () => {
  it("end the wait of a reader who was still reading when they came", async () => {
    const source = createSource();
    const news = createNews(source.subscribe);
    const seen = news.count();
    source.announce();
    const wait = waitOn(news, seen);
    await turn();
    expect(wait.over()).toBe(true);
  });

  it("end the waits of all readers, each once", async () => {
    const news = createNews();
    const waits = [waitOn(news, news.count()), waitOn(news, news.count())];
    await turn();
    expect(waits.map((one) => one.over())).toEqual([false, false]);
    news.notify();
    const later = waitOn(news, news.count());
    await turn();
    expect([...waits, later].map((one) => one.over())).toEqual([true, true, false]);
  });

  it("come from every source until they are closed", async () => {
    const [one, two] = [createSource(), createSource()];
    const news = createNews(one.subscribe, two.subscribe);
    one.announce();
    two.announce();
    expect(news.count()).toBe(2);
    const wait = waitOn(news, news.count());
    news.close();
    one.announce();
    news.notify();
    await turn();
    expect([news.count(), one.size(), two.size(), wait.over()]).toEqual([2, 0, 0, true]);
    await news.after(news.count());
  });

  it("are not waited for beyond the limit", async () => {
    const clock = createVirtualClock();
    const news = createNews();
    const limit = { clock, milliseconds: 100 };
    const wait = waitOn(news, 0, { limit });
    await clock.advance(99);
    expect(wait.over()).toBe(false);
    await clock.advance(1);
    expect([wait.over(), clock.pending()]).toEqual([true, 0]);
    const next = waitOn(news, 0, { limit });
    news.notify();
    await turn();
    expect([next.over(), clock.pending()]).toEqual([true, 0]);
  });

  it("are not waited for by a reader whose signal aborted", async () => {
    const news = createNews();
    const gone = new AbortController();
    const wait = waitOn(news, 0, { signal: gone.signal });
    gone.abort();
    await turn();
    expect([wait.over(), waitOn(news, 0, { signal: gone.signal }).over()]).toEqual([true, false]);
    await news.after(0, { signal: gone.signal });
    expect(getEventListeners(gone.signal, "abort")).toEqual([]);
  });

  it("forget a wait that is over: what comes later does nothing for it", async () => {
    const clock = createVirtualClock();
    const news = createNews();
    const { signal } = new AbortController();
    let ends = 0;
    Object.assign(signal, { removeEventListener: () => (ends += 1) });
    const wait = news.after(0, { signal, limit: { clock, milliseconds: 10 } });
    await clock.advance(10);
    await wait;
    news.notify();
    expect(ends).toBe(1);
  });

  it("call subscribers at the same moment, also beside one that throws, until they leave", async () => {
    const news = createNews();
    const calls: string[] = [];
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    news.subscribe(() => {
      throw new Error("a mistake");
    });
    const same = (): void => void calls.push("same");
    const leave = news.subscribe(same);
    news.subscribe(same);
    const leaveOther = news.subscribe(() => {
      calls.push("other");
      leaveOther();
      news.subscribe(() => calls.push("new"));
    });
    news.notify();
    expect(calls).toEqual(["same", "same", "other"]);
    leave();
    news.notify();
    expect(calls).toEqual(["same", "same", "other", "same", "new"]);
    expect((await warned).message).toBe("a mistake");
  });
});

type Act =
  | { readonly act: "notify" | "turn" | "abort" | "look" | "wait" | "close"; readonly who: number }
  | { readonly act: "advance"; readonly who: number; readonly milliseconds: number };

const READERS = 4;
const LIMIT = 50;
const who = fc.nat({ max: READERS - 1 });
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.record({ act: fc.constantFrom("notify" as const, "turn", "look", "wait"), who }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant("abort" as const), who }) },
    {
      weight: 3,
      arbitrary: fc.record({ act: fc.constant("advance" as const), who, milliseconds: fc.nat({ max: 30 }) }),
    },
    { weight: 1, arbitrary: fc.record({ act: fc.constant("close" as const), who }) },
  ),
  { maxLength: 60 },
);

interface Wait {
  readonly seen: number;
  readonly until: number;
  readonly over: () => boolean;
}

/** Plays readers that read and wait, and announcements, in the given order. Readers with even numbers have a limit. */
async function play(list: readonly Act[]): Promise<void> {
  const clock = createVirtualClock();
  const source = createSource();
  const news = createNews(source.subscribe);
  const readers = Array.from({ length: READERS }, (_, index) => {
    return { limited: index % 2 === 0, seen: 0, gone: new AbortController(), waits: new Array<Wait>() };
  });
  let [announced, closed] = [0, false];
  const step = async (one: Act): Promise<void> => {
    const reader = readers[one.who];
    if (reader === undefined) return;
    if (one.act === "notify" && !closed) announced += 1;
    if (one.act === "notify") source.announce();
    if (one.act === "turn") await turn();
    if (one.act === "advance") await clock.advance(one.milliseconds);
    if (one.act === "abort") reader.gone.abort();
    if (one.act === "look") reader.seen = news.count();
    if (one.act === "close") {
      news.close();
      closed = true;
    }
    if (one.act !== "wait") return;
    const until = reader.limited ? clock.now().getTime() + LIMIT : Number.POSITIVE_INFINITY;
    const limit = reader.limited ? { clock, milliseconds: LIMIT } : undefined;
    reader.waits.push({
      seen: reader.seen,
      until,
      ...waitOn(news, reader.seen, { signal: reader.gone.signal, limit }),
    });
  };
  for (const one of list) {
    await step(one);
    expect(news.count()).toBe(announced);
  }
  await turn();
  for (const { gone, waits } of readers) {
    for (const { seen, until, over } of waits)
      expect(over()).toBe(announced > seen || closed || gone.signal.aborted || clock.now().getTime() >= until);
    const open = waits.filter((one) => !one.over());
    expect(getEventListeners(gone.signal, "abort")).toHaveLength(open.length);
  }
  const limited = readers.filter((one) => one.limited).flatMap((one) => one.waits);
  expect(clock.pending()).toBe(limited.filter((one) => !one.over()).length);
  expect(source.size()).toBe(closed ? 0 : 1);
}

describe("waits for news", () => {
  it("end exactly when something was announced since the look, or one of their ends came, and leave nothing behind", async () => {
    await fc.assert(fc.asyncProperty(acts, play), { numRuns: 300, seed: 11 });
  });
});
