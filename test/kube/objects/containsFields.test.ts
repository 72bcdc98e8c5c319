import { array, assert, constantFrom, dictionary, jsonValue, nat, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { containsFields } from "../../../src/kube/objects/containsFields.ts";
import { isObject } from "../../../src/model/data/json.ts";

describe("does the cluster hold what we want", () => {
  it.each<[string, unknown, unknown, boolean]>([
    ["fields that others added do not matter", { a: 1, b: 2 }, { a: 1 }, true],
    ["a changed field does", { a: 1 }, { a: 2 }, false],
    ["a missing field does", {}, { a: 2 }, false],
    ["empty values that the server drops do not", {}, { a: "", b: [], c: {}, d: false, e: null }, true],
    ["quantities are compared by value", { limits: { memory: "64Mi" } }, { limits: { memory: "65536Ki" } }, true],
    ["other strings are not", { value: "1000m" }, { value: "1" }, false],
    [
      "containers are found by name",
      [{ name: "injected" }, { name: "web", image: "a", x: 1 }],
      [{ name: "web", image: "a" }],
      true,
    ],
    ["ports by number", [{ containerPort: 80, protocol: "TCP" }], [{ containerPort: 80 }], true],
    [
      "mounts by path",
      [
        { mountPath: "/b", name: "v" },
        { mountPath: "/a", name: "v" },
      ],
      [{ mountPath: "/a", name: "v" }],
      true,
    ],
    ["arguments by order and length", ["a", "b", "c"], ["a", "b"], false],
    ["rules without key by place", [{ x: 1, y: 2 }], [{ x: 1 }], true],
    [
      "one port for two protocols",
      [
        { port: 53, protocol: "UDP" },
        { port: 53, protocol: "TCP" },
      ],
      [{ port: 53, protocol: "TCP" }],
      true,
    ],
  ])("%s", (_name, live, wanted, expected) => {
    expect(containsFields(live, wanted)).toBe(expected);
  });

  it("holds itself, and itself with additions in every object", () => {
    const grown = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(grown);
      if (!isObject(value)) return value;
      return {
        ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, grown(inner)])),
        addedByOthers: "x",
      };
    };
    assert(
      property(jsonValue(), (value) => {
        expect(containsFields(value, value)).toBe(true);
        expect(containsFields(grown(value), value)).toBe(true);
      }),
    );
  });

  it("notices when any one string is changed", () => {
    const leaf = dictionary(constantFrom("a", "b", "c"), constantFrom("x", "y"), { minKeys: 1 });
    assert(
      property(array(leaf, { minLength: 1 }), nat(), (list, pick) => {
        const index = pick % list.length;
        const changed = list.map((one, place) =>
          place === index ? Object.fromEntries(Object.entries(one).map(([key, text]) => [key, `${text}!`])) : one,
        );
        expect(containsFields({ list: changed }, { list })).toBe(false);
      }),
    );
  });
});
