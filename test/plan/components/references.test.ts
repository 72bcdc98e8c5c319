import { describe, expect, it } from "vitest";
import { findCycles } from "../../../src/model/data/cycle.ts";
import type { Json } from "../../../src/model/data/json.ts";
import { checkDocument } from "../../../src/plan/check/check.ts";
import { catalog, documentOf, problemsOf } from "../fixtures.ts";

interface Parts {
  readonly from?: Json;
  readonly env?: Json;
  readonly dependsOn?: Json;
  readonly traits?: Json;
  readonly port?: number;
}

function web(name: string, { from, env, port, ...rest }: Parts = {}): Json {
  const optional = Object.entries({ from, env, port }).filter(([, value]) => value !== undefined);
  return { name, type: "web", properties: { image: "nginx", ...Object.fromEntries(optional) }, ...rest };
}

const at = "/components/0/properties";

describe("references", () => {
  it("order components; dependsOn is the reason that is shown", () => {
    const value = documentOf(
      web("a", { from: [{ component: "b" }, { component: "b" }, { component: "c" }], dependsOn: ["b"] }),
      web("b"),
      web("c"),
    );
    expect(checkDocument(value, catalog).application?.components[0]?.needs).toEqual([
      { job: "b", because: "dependsOn", pointer: "/components/0/dependsOn/0" },
      { job: "c", because: "reference", pointer: `${at}/from/2` },
    ]);
  });

  it.each<[Json, string[]]>([
    [documentOf(web("a", { from: [{ component: "dba" }] }), web("db")), [`UnknownReference ${at}/from/0`]],
    [documentOf(web("a", { from: [{ component: "a" }] })), [`SelfReference ${at}/from/0`]],
    [documentOf(web("a", { dependsOn: ["a"] })), ["SelfReference /components/0/dependsOn/0"]],
    [documentOf(web("a", { dependsOn: "b" })), ["Type /components/0/dependsOn"]],
    [
      documentOf(web("a", { dependsOn: [1, "x"] })),
      ["Type /components/0/dependsOn/0", "UnknownReference /components/0/dependsOn/1"],
    ],
    [
      documentOf(web("a", { from: [{ component: "b", output: "hst" }] }), web("b", { port: 80 })),
      [`UnknownOutput ${at}/from/0`],
    ],
    [documentOf(web("a", { from: [{ component: "b", output: "host" }] }), web("b")), [`UnknownOutput ${at}/from/0`]],
    [documentOf(web("a", { env: { A: { secret: "b" } } }), web("b")), [`WrongKind ${at}/env/A/secret`]],
    // The outputs of an invalid component are not known: its own problem is enough.
    [
      documentOf(web("a", { from: [{ component: "b", output: "host" }] }), { name: "b", type: "wep" }),
      ["UnknownComponentType /components/1/type"],
    ],
  ])("%j -> %j", (value, expected) => {
    expect(problemsOf(value)).toEqual(expected);
  });

  it("suggest the nearest name", () => {
    const { problems } = checkDocument(documentOf(web("a", { dependsOn: ["cach"] }), web("cache")), catalog);
    expect(problems[0]).toMatchObject({ nearest: "cache", params: { known: "cache" } });
  });

  it("to a secret of the document order it before; others are checked against the cluster", () => {
    const value = documentOf(
      web("a", {
        env: { A: { secret: "key" }, B: { secret: "elsewhere" } },
        traits: { pull: { password: "12345678", secret: "later", external: true } },
      }),
      { name: "key", type: "secret", properties: { data: {} } },
    );
    const { application } = checkDocument(value, catalog);
    expect(application?.components[0]?.needs).toEqual([
      { job: "key", because: "reference", pointer: `${at}/env/A/secret` },
    ]);
    expect(application?.outside).toEqual([
      { kind: "Secret", name: "elsewhere", pointer: `${at}/env/B/secret`, external: false },
      { kind: "Secret", name: "later", pointer: "/components/0/traits/pull/secret", external: true },
    ]);
  });
});

describe("circles", () => {
  it("are shown as a path with the edges that form them", () => {
    const value = documentOf(
      web("x", { dependsOn: ["web"] }),
      web("web", { dependsOn: ["migrate"] }),
      web("migrate", { from: [{ component: "web" }] }),
    );
    const { problems } = checkDocument(value, catalog);
    expect(problems.map((one) => [one.code, one.pointer, one.params])).toEqual([
      [
        "Cycle",
        "/components/1/dependsOn/0",
        { path: "web → migrate → web", edges: "/components/1/dependsOn/0, /components/2/properties/from/0" },
      ],
    ]);
  });

  it("are reported once each, and fixing the reported ones fixes the document", () => {
    const graph = (edges: Readonly<Record<string, string>>): Map<string, { to: string; pointer: string }[]> =>
      new Map(
        Object.entries(edges).map(([name, to]) => [
          name,
          to.split("").map((one) => ({ to: one, pointer: `/${name}${one}` })),
        ]),
      );
    const paths = (edges: Readonly<Record<string, string>>): string[] =>
      findCycles(graph(edges)).map((one) => one.path.join(""));
    expect(paths({ a: "b", b: "a", c: "d", d: "e", e: "c" })).toEqual(["aba", "cdec"]);
    expect(paths({ a: "bc", b: "a", c: "a" })).toEqual(["aba", "aca"]);
    expect(paths({ a: "b", b: "c", c: "" })).toEqual([]);
    expect(paths({ a: "abx", b: "" })).toEqual([]);
  });
});
