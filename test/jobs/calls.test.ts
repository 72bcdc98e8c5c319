// Tests that the reason of each call is complete in both languages, and that an output of a program is kept exactly or
// refused.
import { describe, expect, it } from "vitest";
import type { JobRun } from "../../src/catalog/job.ts";
import { http } from "../../src/jobs/http.ts";
import { outputOf } from "../../src/jobs/pods/podOutput.ts";
import { OUTGOING_REFUSALS, type OutgoingRefusalCode } from "../../src/model/reasons/outgoingRefusal.ts";
import { explainReason, whoActs } from "../../src/model/reasons/reason.ts";
import { type OutgoingAnswer, OutgoingRefused } from "../../src/ports/outgoing.ts";

const PARAMS = {
  host: "api.example.com",
  scheme: "ftp",
  address: "10.0.0.1",
  range: "private",
  header: "x-one",
  detail: "ECONNRESET",
  seconds: 3,
  status: 302,
  limit: 1_000_000,
};
const CODES = Object.keys(OUTGOING_REFUSALS) as OutgoingRefusalCode[]; // the table's own keys

async function endOf(request: () => Promise<OutgoingAnswer>) {
  const run: Partial<JobRun<unknown>> = {
    run: "r",
    job: "a",
    locks: [],
    input: { url: "https://api.example.com/x", method: "POST", headers: {}, expect: [200], answer: "any" },
    reveal: (text) => text,
    report: () => undefined,
    signal: new AbortController().signal,
    outgoing: { request, check: () => undefined, admit: async (host) => host, verify: () => undefined },
  };
  return http.run(run as Parameters<typeof http.run>[0]); // the job uses only these fields
}

describe("the reason of a call", () => {
  it.each(CODES)("that ended with %s is whole in both languages, and names the same actor", async (code) => {
    const { reason } = await endOf(() => Promise.reject(new OutgoingRefused(code, PARAMS)));
    expect(explainReason(reason, "zh")).not.toMatch(/[a-z]+ [a-z]+|\{/i);
    expect(explainReason(reason, "en")).toContain(new OutgoingRefused(code, PARAMS).message);
    expect(explainReason(reason, "zh")).toMatch(/[\u4e00-\u9fff]{4}/);
    expect(whoActs(reason)).toBe(OUTGOING_REFUSALS[code].who === "operator" ? "operator" : "you");
  });

  it.each([404, 429, 500, 503])("that was answered with %i is whole in both languages", async (status) => {
    const { reason } = await endOf(async () => ({ status, headers: {}, body: "" }));
    expect(explainReason(reason, "zh")).not.toMatch(/[a-z]+ [a-z]+|\{/i);
    for (const language of ["en", "zh"] as const) expect(explainReason(reason, language)).toContain(String(status));
  });
});

describe("an output that a program prints", () => {
  it("is kept as it is", () => {
    const said = outputOf({}, ['kubemin-output: {"id":9007199254740992,"text":"9007199254740993"}']);
    expect(said).toEqual({ ok: true, output: { id: 9_007_199_254_740_992, text: "9007199254740993" } });
  });

  it.each([
    ["a marked line", {}, ['kubemin-output:{"a":[{"id":9007199254740993}]}']],
    ["its last word", { facts: { said: '{"a":[{"id":-12345678901234567890}]}' } }, []],
  ] as const)("with a number that cannot be kept (%s) is refused with the place", (_, health, lines) => {
    const said = outputOf(health, lines);
    expect(said).toMatchObject({ wrong: { code: "OutputNotExact", params: { pointer: "/a/0/id" } } });
  });
});
