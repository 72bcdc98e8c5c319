// Tests the contract of plug-ins and the test kit: which packs are refused, and with which texts.
import { describe, expect, it } from "vitest";
import { builtins } from "../../src/builtins.ts";
import { checkContract } from "../../src/plugin/contract.ts";
import { defineTrait, described, z } from "../../src/plugin/plugin.ts";
import { satisfies } from "../../src/plugin/range.ts";
import { assertPack, checkPack } from "../../src/plugin/testKit.ts";

const good = {
  name: "note",
  summary: { en: "A note", zh: "备注" },
  schema: z.strictObject({ text: described(z.string(), "The text", "内容") }),
  examples: [{ title: { en: "One", zh: "一个" }, value: { text: "x" } }],
  appliesTo: "pods" as const,
  render: ({ text }: { readonly text: string }) => ({ env: [{ name: "NOTE", value: text }] }),
};
const pack = (trait: object, more: object = {}) => ({
  name: "notes",
  version: "1.0.0",
  kubemin: "^0.1",
  traits: [{ ...good, ...trait }],
  ...more,
});

describe("checkPack", () => {
  it("finds nothing wrong with what is right", () => {
    expect(checkPack({ name: "notes", version: "1.0.0", kubemin: "^0.1", traits: [defineTrait(good)] })).toEqual([]);
    expect(() => assertPack(pack({}))).not.toThrow();
  });

  it.each([
    ["no default export", undefined, /no default export/],
    ["an unknown field", pack({}, { jobs: [] }), /unknown field jobs/],
    ["no name", pack({}, { name: "" }), /name is missing/],
    ["another contract", pack({}, { kubemin: "^2.0" }), /written for kubemin \^2\.0, but this is kubemin 0\.1\.0/],
    ["no range", pack({}, { kubemin: "new" }), /not a range of versions/],
    [
      "something that is no definition",
      pack({}, { components: [{}] }),
      /components\[0\] is not defined with defineComponent/,
    ],
    ["a name that is taken", pack({ name: "resources" }), /trait resources is defined twice: by kubemin and by notes/],
    ["a summary in one language", pack({ summary: { en: "A note", zh: "" } }), /trait note: its summary/],
    ["no example", pack({ examples: [] }), /trait note: it has no example/],
    ["a field without words", pack({ schema: z.strictObject({ text: z.string() }) }), /field text is not described/],
    [
      "unknown fields",
      pack({ schema: z.object({ text: described(z.string(), "t", "文") }) }),
      /accepts unknown fields/,
    ],
    [
      "an example that is refused",
      pack({ examples: [{ title: { en: "One", zh: "一" }, value: { texts: 1 } }] }),
      /example “One”: \/components\/1\/traits\/note/,
    ],
    [
      "a render that throws",
      pack({
        render: () => {
          throw new Error("oh");
        },
      }),
      /trait note, example “One”/,
    ],
    ["a render that does nothing", pack({ render: () => ({}) }), /the trait changes nothing/],
    [
      "a render that is not pure",
      pack({ render: () => ({ env: [{ name: "NOW", value: String(Math.random()) }] }) }),
      /different objects the second time/,
    ],
    [
      "a secret that is not sealed",
      pack({
        render: ({ text }: { text: string }) => ({
          objects: [{ manifest: { apiVersion: "v1", kind: "Secret", metadata: { name: "n" }, stringData: { text } } }],
        }),
      }),
      /stringData\.text is not sealed/,
    ],
  ])("refuses %s", (_what, value, sentence) => {
    expect(checkPack(value).join("\n")).toMatch(sentence);
  });

  it("names both owners when two packs define one name", () => {
    const first = { ...pack({}), name: "first", traits: [defineTrait(good)] };
    expect(checkPack(pack({}), [first])).toEqual(["trait note is defined twice: by first and by notes"]);
  });

  it("is what the built-in definitions pass as well", () => {
    const { components = [], traits = [] } = builtins;
    // The traits get other names, because the original names are used by the built-in ones.
    const renamed = traits.map((one) => ({ ...one, name: `${one.name}-2` }));
    expect(components.length).toBeGreaterThan(0);
    expect(checkPack({ name: "copy", version: "1.0.0", kubemin: "0.1", traits: renamed })).toEqual([]);
  });
});

describe("ranges", () => {
  it.each([
    ["^0.1", true],
    ["^0.1.0", true],
    ["~0.1", true],
    ["0.1.x", true],
    ["0.1", true],
    ["*", true],
    [">=0.1 <0.3", true],
    ["^1 || ^0.1", true],
    ["^0.2", false],
    ["0.1.1", false],
    [">0.1.0", false],
    ["^1.0", false],
    ["latest", undefined],
    ["", undefined],
  ])("%s", (range, fits) => {
    expect(satisfies("0.1.0", range)).toBe(fits);
  });

  it("take a version's own word for it", () => {
    expect(checkContract({ name: "a", version: "1.0.0", kubemin: "^0.1.5" }, "0.1.9")).toEqual([]);
    expect(checkContract({ name: "a", version: "1.0.0", kubemin: "^0.1.5" }, "0.2.0")).toHaveLength(1);
  });
});
