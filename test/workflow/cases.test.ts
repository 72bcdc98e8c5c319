// Documents that once had a wrong result, and documents whose result must stay right: each as a user would write it,
// with what is done to its runs and when, and the expected result. The cases run in virtual time; support/caseFile.ts
// defines the fields of a case.
import { describe, expect, it } from "vitest";
import { readCases } from "./support/caseFile.ts";
import { differences } from "./support/judge.ts";
import { play } from "./support/play.ts";

describe("a workflow", () => {
  it.each(readCases().map((one) => [one.name, one.right, one] as const))("%s: %s", async (_name, _right, given) => {
    expect(differences(given, await play(given))).toEqual([]);
  });
});
