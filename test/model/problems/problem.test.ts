// Sentences of problems: rules that definitions write themselves, and words of a program that look like codes.
import { describe, expect, it } from "vitest";
import { withWords } from "../../../src/model/data/words.ts";
import { brokenRule, explainProblem, problem } from "../../../src/model/problems/problem.ts";

const TEXT = { en: "x must be even", zh: "x 须为偶数" };

describe("a rule of a definition", () => {
  it.each([
    ["written with brokenRule", brokenRule(["x"], TEXT)],
    ["written by an older plug-in, as parameters", problem("Rule", ["x"], TEXT)],
  ])("%s is shown in its own words", (_, broken) => {
    expect(explainProblem(broken, "en").message).toBe("x must be even");
    expect(explainProblem(broken, "zh").message).toBe("x 须为偶数");
  });
});

describe("a parameter that is a code of a clause", () => {
  it("is shown in the language of the reader", () => {
    const params = { detail: "KeyMissing", key: "user", kind: "Secret", namespace: "shop", name: "db" };
    expect(withWords(params, "en")["detail"]).toBe("couldn't find key user in Secret shop/db");
  });

  it("stays as it is without the parameters of the clause: a program may print any word", () => {
    expect(withWords({ detail: "KeyMissing" }, "en")).toEqual({ detail: "KeyMissing" });
  });
});
