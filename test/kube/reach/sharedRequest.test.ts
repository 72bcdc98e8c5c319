import { describe, expect, it } from "vitest";
import { shared, sharedByName } from "../../../src/kube/reach/sharedRequest.ts";

function stage(answers: readonly (boolean | Error)[]) {
  let time = 0;
  const asked: PromiseWithResolvers<boolean>[] = [];
  const ask = (): Promise<boolean> => {
    const answer = Promise.withResolvers<boolean>();
    asked.push(answer);
    return answer.promise;
  };
  const options = {
    clock: { now: () => new Date(time) },
    closed: new AbortController().signal,
    ask,
    keep: (exists: boolean) => exists,
  };
  return {
    options,
    asked,
    pass: (milliseconds: number) => (time += milliseconds),
    answer: () => {
      const what = answers[asked.length - 1];
      const last = asked.at(-1);
      if (what instanceof Error) last?.reject(what);
      else last?.resolve(what ?? false);
    },
  };
}

const { signal } = new AbortController();

describe("a question that many ask", () => {
  it("is asked once for all who ask meanwhile, and for those who ask a moment later", async () => {
    const { options, asked, answer, pass } = stage([true, true]);
    const look = shared(options);
    const all = [look(signal), look(signal)];
    answer();
    expect(await Promise.all(all)).toEqual([true, true]);
    pass(999);
    expect(await look(signal)).toBe(true);
    expect(asked).toHaveLength(1);
    pass(1);
    const later = look(signal);
    expect(asked).toHaveLength(2);
    answer();
    await later;
  });

  it("is asked again when the answer was not worth keeping, or was a failure", async () => {
    const { options, asked, answer } = stage([false, new Error("silent"), true]);
    const look = shared(options);
    const no = look(signal);
    answer();
    expect(await no).toBe(false);
    const failed = look(signal);
    answer();
    await expect(failed).rejects.toThrow("silent");
    const yes = look(signal);
    answer();
    expect(await yes).toBe(true);
    expect(asked).toHaveLength(3);
  });

  it("goes on for the others when one of them gives up", async () => {
    const { options, answer } = stage([true]);
    const look = shared(options);
    const gone = new AbortController();
    const given = look(gone.signal);
    const patient = look(signal);
    gone.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    answer();
    expect(await patient).toBe(true);
  });

  it("is another one for each name", async () => {
    const { options, asked, answer } = stage([true, true]);
    const look = sharedByName(() => options);
    const one = look("a", signal);
    answer();
    const two = look("b", signal);
    answer();
    expect(await Promise.all([one, two])).toEqual([true, true]);
    expect(asked).toHaveLength(2);
  });
});
