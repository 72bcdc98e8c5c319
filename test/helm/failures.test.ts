import { describe, expect, it } from "vitest";
import { failureOf } from "../../src/helm/failures.ts";
import { explainProblem } from "../../src/model/problems/problem.ts";

const about = { field: "chart", hidden: ["/srv/charts", "/tmp/work"], values: { cache: { size: 1 } } } as const;
const told = (said: string): readonly string[] =>
  failureOf({ ok: false, why: "failed", said }, about).map(
    (one) => `${one.pointer}: ${explainProblem(one, "en").message}`,
  );

describe("what helm says of values", () => {
  it("is told at each value, those of subcharts below their names", () => {
    const said = `Error: values don't meet the specifications of the schema(s) in the following chart(s):
shop:
- at '/replicas': got string, want integer
- at '': missing property 'image'
cache:
- at '/size': got number, want string
`;
    expect(told(said)).toEqual([
      "/values/replicas: the chart does not take this: got string, want integer",
      "/values: the chart does not take this: missing property 'image'",
      "/values/cache/size: the chart does not take this: got number, want string",
    ]);
  });

  it("names the subchart even when it is the only one that complains", () => {
    const said =
      "Error: values don't meet the specifications of the schema(s) in the following chart(s):\ncache:\n- at '/size': no\n";
    expect(told(said)).toEqual(["/values/cache/size: the chart does not take this: no"]);
  });
});

describe("everything else", () => {
  it("is told in helm's words, without the server's paths", () => {
    expect(told('Error: path "/srv/charts/x" not found\n\nUse --debug flag to render out invalid YAML\n')).toEqual([
      '/chart: the chart cannot be rendered: path "x" not found',
    ]);
    expect(told("")).toEqual(["/chart: the chart cannot be rendered: helm gave no reason"]);
  });
});
