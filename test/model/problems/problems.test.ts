// The tables of problems are spread into one: a code that two of them hold would silently say the wrong sentence.
import { expect, it } from "vitest";
import { ISOLATION_PROBLEMS } from "../../../src/model/problems/isolationProblems.ts";
import { PROBLEMS } from "../../../src/model/problems/problem.ts";

it("codes of isolation are nobody else's", () => {
  for (const [code, row] of Object.entries(ISOLATION_PROBLEMS))
    expect(Object.entries(PROBLEMS), code).toContainEqual([code, row]);
});
