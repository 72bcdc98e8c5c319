// Documents that once came to something wrong, and documents that always came to what is right: each as a user would write it, with what is
// done to it and when, and what is right in the end. In virtual time; see support/caseFile.ts for the words of a case.
import { describe, expect, it } from "vitest";
import { readCases } from "./support/caseFile.ts";
import { differences } from "./support/judge.ts";
import { play } from "./support/play.ts";

describe("a workflow", () => {
  it.each(readCases().map((one) => [one.name, one.right, one] as const))("%s: %s", async (_name, _right, given) => {
    expect(differences(given, await play(given))).toEqual([]);
  });
});
