// The published contract: generated from the route table, complete, and equal to the file in the repository.
import { describe, expect, it } from "vitest";
import { openapiDocument } from "../../src/api/openapi.ts";
import { ROUTES, type Route } from "../../src/api/routes.ts";
import { dig, isObject, type JsonObject } from "../../src/model/data/json.ts";
import { staleFiles } from "../../tools/generate.ts";

const document = openapiDocument();
const paths = document["paths"] as Record<string, Record<string, JsonObject>>; // the shape that openapi.ts generates
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  const own = typeof value["$ref"] === "string" ? [value["$ref"]] : [];
  return [...own, ...Object.values(value).flatMap(references)];
}

describe("openapi", () => {
  it("has every route under its name, once", () => {
    const names = operations.map(({ operation }) => operation["operationId"]);
    expect(names).toHaveLength(Object.keys(ROUTES).length);
    expect(new Set(names)).toEqual(new Set(Object.keys(ROUTES)));
  });

  it.each(operations)("declares the parameters of $method $path", ({ path, operation }) => {
    const declared = (operation["parameters"] as JsonObject[] | undefined) ?? []; // as above
    const inPath = declared.filter((one) => one["in"] === "path");
    expect(inPath.map((one) => one["name"])).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
    expect(inPath.every((one) => one["required"] === true)).toBe(true);
  });

  it("refers only to what it has", () => {
    const broken = references(document).filter((ref) => dig(document, ...ref.slice(2).split("/")) === undefined);
    expect(broken).toEqual([]);
  });

  it("asks for a token wherever the table does, and describes the refusal", () => {
    for (const { operation } of operations) {
      const route: Route = ROUTES[operation["operationId"] as keyof typeof ROUTES]; // proven by the first test
      expect(operation["security"]).toEqual(route.access === "public" ? [] : undefined);
      expect(dig(operation, "responses", "401") !== undefined).toBe(route.access !== "public");
    }
  });
});

describe("docs/reference", () => {
  it("is what the code says (else: npm run generate)", () => {
    expect(staleFiles()).toEqual([]);
  });
});
