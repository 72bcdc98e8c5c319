// Tests that no two tables of problems contain the same code: they are merged into one, so one sentence would be lost.
import { expect, it } from "vitest";
import { ISOLATION_PROBLEMS } from "../../../src/model/problems/isolationProblems.ts";
import { PROBLEMS } from "../../../src/model/problems/problem.ts";

it("codes of isolation are nobody else's", () => {
  for (const [code, row] of Object.entries(ISOLATION_PROBLEMS))
    expect(Object.entries(PROBLEMS), code).toContainEqual([code, row]);
});
