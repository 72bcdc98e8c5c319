import { describe, expect, it } from "vitest";
import { manifestsIn } from "../../src/helm/manifests.ts";
import { ChartError } from "../../src/ports/charts.ts";

const one = (body: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n${body}`;

describe("what helm printed", () => {
  it("is read as Kubernetes reads it", () => {
    const [object] = manifestsIn(
      one("mode: 0644\nyes: no\nat: 2026-01-02\nports: [12:30:45, 8080:80]\nmerged: {<<: {a: 1}, b: 2}"),
      "chart",
    );
    expect(object).toMatchObject({
      mode: 420,
      true: false,
      at: "2026-01-02",
      ports: ["12:30:45", "8080:80"],
      merged: { a: 1, b: 2 },
    });
  });

  it("may hold empty documents, comments and lists", () => {
    const list = `apiVersion: v1\nkind: ConfigMapList\nitems:\n  - ${one("").trim().replaceAll("\n", "\n    ")}`;
    expect(manifestsIn(`---\n# nothing\n---\n${one("")}---\n${list}\n---\n`, "chart")).toHaveLength(2);
  });

  it.each([["kind: Pod"], ["just text"], [one("a: [1")], ["apiVersion: v1\nkind: Pod\nmetadata: {}"]])(
    "is a problem of the chart when it is no object: %j",
    (text) => expect(() => manifestsIn(text, "archive")).toThrow(ChartError),
  );
});
