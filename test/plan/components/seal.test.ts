import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isObject, type Json } from "../../../src/model/data/json.ts";
import { sealDocument } from "../../../src/plan/components/seal.ts";
import { catalog } from "../fixtures.ts";

const seal = (text: string): string => `sealed:v1:${text.length}`;

function sealed(components: Json): Json | undefined {
  return sealDocument({ name: "a", components }, catalog, seal)["components"];
}

describe("sealing", () => {
  it("replaces secret values of properties and traits, and nothing else", () => {
    const trait = { pull: { password: "long enough", secret: "x" } };
    expect(
      sealed([
        {
          name: "s",
          type: "secret",
          properties: { data: { a: "secret", b: 12, c: true, d: "sealed:v1:x" } },
          traits: trait,
        },
      ]),
    ).toEqual([
      {
        name: "s",
        type: "secret",
        properties: { data: { a: "sealed:v1:6", b: "sealed:v1:2", c: "sealed:v1:4", d: "sealed:v1:x" } },
        traits: { pull: { password: "sealed:v1:11", secret: "x" } },
      },
    ]);
  });

  it("seals the traits of a component whose type is unknown, and whatever is found below a secret path", () => {
    expect(sealed([{ type: "wep", traits: { pull: { password: ["a", { b: "c" }] } } }])).toEqual([
      { type: "wep", traits: { pull: { password: ["sealed:v1:1", { b: "sealed:v1:1" }] } } },
    ]);
  });

  it("never throws and never changes its input", () => {
    const component = fc.record({
      type: fc.constantFrom("secret", "web"),
      properties: fc.jsonValue(),
      traits: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(component)), (components) => {
        const value = JSON.parse(JSON.stringify({ components })) as unknown;
        const before = JSON.stringify(value);
        if (isObject(value)) sealDocument(value, catalog, seal);
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });
});
