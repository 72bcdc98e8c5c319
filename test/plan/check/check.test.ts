import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/model/data/json.ts";
import { LIMITS } from "../../../src/model/document/document.ts";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import { checkDocument } from "../../../src/plan/check/check.ts";
import { catalog, documentOf, problemsOf, problemsOfText } from "../fixtures.ts";

const web = (name: string, more: { readonly [key: string]: Json } = {}): Json => ({
  name,
  type: "web",
  properties: { image: "nginx" },
  ...more,
});

function first(value: Json): ReturnType<typeof checkDocument>["problems"][number] | undefined {
  return checkDocument(value, catalog).problems[0];
}

describe("the document", () => {
  it("is accepted with everything set", () => {
    const { problems, application } = checkDocument(
      {
        $schema: "./application.json",
        apiVersion: "kubemin.dev/v1",
        name: "shop",
        description: "a shop",
        namespace: "1shop",
        components: [
          web("db"),
          web("web", {
            dependsOn: ["db"],
            timeout: "10m",
            retry: { attempts: 2 },
            traits: { volumes: [{ type: "memory", path: "/a" }] },
          }),
        ],
      },
      catalog,
    );
    expect(problems).toEqual([]);
    expect(application?.namespace).toBe("1shop");
    expect(application?.document).not.toHaveProperty("$schema");
    expect(application?.components[1]).toMatchObject({
      name: "web",
      properties: { image: "nginx", replicas: 1 },
      needs: [{ job: "db", because: "dependsOn", pointer: "/components/1/dependsOn/0" }],
      timeout: 600_000,
      retry: { attempts: 2, backoff: 5_000 },
      traits: [{ pointer: "/components/1/traits/volumes" }],
    });
  });

  it("goes to the default namespace", () => {
    expect(checkDocument(documentOf(web("a")), catalog).application?.namespace).toBe("default");
    const withNull = { name: "a", namespace: null, components: [web("a")] };
    expect(checkDocument(withNull, catalog).application?.namespace).toBe("default");
  });

  it.each<[Json, string[]]>([
    [5, ["Type "]],
    [{}, ["Required /name", "Required /components"]],
    [{ name: "a", components: [] }, ["Empty /components"]],
    [{ name: "a", components: {} }, ["Type /components"]],
    [{ name: "A_B", components: [web("a")] }, ["Name /name"]],
    [{ name: "a", namespace: "x.y", components: [web("a")] }, ["Name /namespace"]],
    [{ name: "a", apiVersion: "v2", components: [web("a")] }, ["NotOneOf /apiVersion"]],
    [{ name: "a", component: 1, components: [web("a")] }, ["UnknownField /component"]],
    [JSON.parse('{"name": "a", "__proto__": {}, "components": []}'), ["UnknownField /__proto__", "Empty /components"]],
    [documentOf(5), ["Type /components/0"]],
    [documentOf({}), ["Required /components/0/name", "Required /components/0/type"]],
    [documentOf(web("Web")), ["Name /components/0/name"]],
    [documentOf(web("a"), web("a")), ["DuplicateName /components/1/name"]],
    [documentOf(web("a", { typo: 1 })), ["UnknownField /components/0/typo"]],
    [documentOf({ name: "a", type: "wep" }), ["UnknownComponentType /components/0/type"]],
    [documentOf({ name: "a", type: "web" }), ["Required /components/0/properties"]],
    [documentOf(web("a", { properties: null })), ["Type /components/0/properties"]],
    [documentOf(web("a", { timeout: "soon" })), ["Duration /components/0/timeout"]],
    [documentOf(web("a", { timeout: 0 })), ["OutOfRange /components/0/timeout"]],
    [documentOf(web("a", { retry: { attempts: 0 } })), ["OutOfRange /components/0/retry/attempts"]],
    [
      documentOf(web("a", { retry: { attempts: 1.5, backoff: [] } })),
      ["Type /components/0/retry/attempts", "Type /components/0/retry/backoff"],
    ],
    [documentOf(web("a", { traits: { volume: [] } })), ["UnknownTrait /components/0/traits/volume"]],
    [documentOf(web("a", { traits: [] })), ["Type /components/0/traits"]],
    [documentOf({ name: "a", type: "broken" }), ["DefinitionFailed /components/0/properties"]],
  ])("%j -> %j", (value, expected) => {
    expect(problemsOf(value)).toEqual(expected);
  });

  it("shows all problems in one pass, in the order of the document, with lines and columns", () => {
    const text = `name: Shop
components:
  - name: api
    type: wep
    traits:
      volumes: [{type: disk, path: ""}]
    dependsOn: [db, nobody]
  - name: db
    type: web
    properties:
      imge: nginx
      replicas: 9
    traits: {pul: {}}
`;
    const found = problemsOfText(text).map((one) =>
      `${one.line}:${one.column} ${one.code} ${one.nearest ?? ""}`.trim(),
    );
    expect(found).toEqual([
      "1:1 Name shop",
      "4:5 UnknownComponentType web",
      "6:17 Required",
      "6:30 Empty",
      "7:21 UnknownReference",
      "10:5 Required",
      "11:7 UnknownField image",
      "12:7 OutOfRange",
      "13:14 UnknownTrait pull",
    ]);
  });

  it("says how many components are allowed", () => {
    const many = Array.from({ length: LIMITS.components + 1 }, (_, index) => web(`c${index}`));
    expect(problemsOf(documentOf(...many))).toEqual(["TooManyComponents /components"]);
  });

  it("stops at the limit of problems and says that there are more", () => {
    const many = Array.from({ length: 300 }, () => ({ name: "a", type: "nothing" }));
    const { problems } = checkDocument(documentOf(...many), catalog);
    expect(problems).toHaveLength(LIMITS.problems);
    expect(problems.at(-1)?.code).toBe("MoreProblems");
  });

  it("refuses values that are too deep or too many, however they came", () => {
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(problemsOf({ name: "a", components: deep })).toEqual(["TooDeep "]);
    expect(problemsOf({ name: "a", components: Array.from({ length: 300_000 }, () => 1) })).toEqual(["TooManyValues "]);
  });
});

describe("schemas of definitions", () => {
  const properties = (more: { readonly [key: string]: Json }): Json =>
    documentOf({ name: "a", type: "web", properties: { image: "nginx", ...more } });
  const at = "/components/0/properties";

  it.each<[{ readonly [key: string]: Json }, string]>([
    [{ image: "No Image" }, `Image ${at}/image`],
    [{ image: 5 }, `Type ${at}/image`],
    [{ port: 0 }, `OutOfRange ${at}/port`],
    [{ port: 1.5 }, `Type ${at}/port`],
    [{ port: 13 }, `Rule ${at}/port`],
    [{ policy: "alway" }, `NotOneOf ${at}/policy`],
    [{ host: "A" }, `Form ${at}/host`],
    [{ memory: "1Qi" }, `Quantity ${at}/memory`],
    [{ memory: [] }, `Type ${at}/memory`],
    [{ env: { a: "x" } }, `Pattern ${at}/env/a`],
    [{ env: { A: 5 } }, `Type ${at}/env/A`],
    [{ env: { A: { secrt: "x" } } }, `Required ${at}/env/A/secret`],
    [{ nothing: 1 }, `UnknownField ${at}/nothing`],
  ])("%j -> %s", (more, expected) => {
    expect(problemsOf(properties(more))[0]).toBe(expected);
  });

  it("names the accepted types of a union together", () => {
    expect(first(properties({ env: { A: 5 } }))?.params).toEqual({ expected: "string | object", actual: "number" });
  });

  it("names the known fields and the nearest of those that are still free", () => {
    const found = first(documentOf({ name: "a", type: "web", properties: { image: "x", replica: 1 } }));
    expect(found?.nearest).toBe("replicas");
    expect(found && explainProblem(found, "en").hint).toContain("known here: image, port, replicas");
  });

  it("names the alternatives of a discriminated union, and reports the chosen one only", () => {
    const volumes = (item: Json): string[] => problemsOf(documentOf(web("a", { traits: { volumes: [item] } })));
    const item = "/components/0/traits/volumes/0";
    expect(volumes({ type: "disc", path: "/x" })).toEqual([`NotOneOf ${item}/type`]);
    expect(volumes({ path: "/x" })).toEqual([`Required ${item}/type`]);
    expect(volumes({ type: "memory", path: "/x", size: "1" })).toEqual([`UnknownField ${item}/size`]);
  });

  it("runs the definition's own rules with pointers into the document", () => {
    const twice = [1, 2].map(() => ({ type: "memory", path: "/x" }));
    expect(problemsOf(documentOf(web("a", { traits: { volumes: twice } })))).toEqual([
      "MountPathTwice /components/0/traits/volumes/0/path",
    ]);
  });

  it("reports a trait that does not belong to the type", () => {
    const value = documentOf({
      name: "a",
      type: "config",
      properties: { data: {} },
      traits: { volumes: [{ type: "memory", path: "/x" }] },
    });
    expect(problemsOf(value)).toEqual(["TraitNotApplicable /components/0/traits/volumes"]);
  });
});

describe("secrets", () => {
  it("never show their value in a problem", () => {
    const value = documentOf(
      { name: "s", type: "secret", properties: { data: { password: "hunter2hunter2" } } },
      web("a", { traits: { pull: { password: "hunter3" } } }),
      { name: "b", type: "broken" },
    );
    const { problems } = checkDocument(value, catalog);
    expect(problems.map((one) => one.code)).toEqual(["NotOneOf", "TooShort", "DefinitionFailed"]);
    expect(JSON.stringify(problems)).not.toMatch(/hunter/);
    expect(problems.map((one) => explainProblem(one, "zh").message).join()).not.toMatch(/hunter/);
  });
});
