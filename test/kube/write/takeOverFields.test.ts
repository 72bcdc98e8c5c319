import { describe, expect, it } from "vitest";
import { upgraded } from "../../../src/kube/write/takeOverFields.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { heldDifferences } from "../../../src/model/kubernetes/fieldDifferences.ts";

const entry = (manager: string, operation: string, fieldsV1: JsonObject, subresource = "") => ({
  manager,
  operation,
  apiVersion: "v1",
  fieldsType: "FieldsV1",
  fieldsV1,
  ...(subresource === "" ? {} : { subresource }),
});

describe("fields of kubectl apply", () => {
  it("become ours, joined with those that we have; all others stay as they are", () => {
    const others = [
      entry("kubectl-edit", "Update", { "f:data": { "f:c": {} } }),
      entry("kubectl-client-side-apply", "Update", {}, "status"),
    ];
    const theirs = entry("kubectl-client-side-apply", "Update", { "f:data": { "f:a": {} } });
    const ours = entry("kubemin", "Apply", { "f:data": { "f:b": {} } });
    expect(upgraded([theirs, ...others, ours])).toEqual([
      entry("kubemin", "Apply", { "f:data": { "f:b": {}, "f:a": {} } }),
      ...others,
    ]);
    expect(upgraded([theirs])).toEqual([entry("kubemin", "Apply", { "f:data": { "f:a": {} } })]);
    expect(upgraded([...others, ours])).toBeNull();
  });
});

describe("who holds a field that differs", () => {
  const holder = (manager: string, fields: object) => ({ manager, fields: JSON.parse(JSON.stringify(fields)) as null }); // plain JSON

  it("is found through lists by their keys, and through trees that stand for all below", () => {
    const at = (image: string, cpu: string) => ({
      containers: [
        { name: "web", image, limits: { cpu } },
        { name: "other", image: "x" },
      ],
    });
    const holders = [
      holder("edit", { "f:containers": { 'k:{"name":"web"}': { "f:image": {} } } }),
      holder("tune", { "f:containers": { 'k:{"name":"web"}': { "f:limits": {} } } }),
      holder("none", { "f:other": {} }),
    ];
    expect(heldDifferences(at("a", "1"), at("b", "2"), holders)).toEqual([
      { path: "containers[web].image", before: "a", after: "b", managers: ["edit"] },
      { path: "containers[web].limits.cpu", before: "1", after: "2", managers: ["tune"] },
    ]);
  });

  it("tells what came or went as one, and items that only moved", () => {
    expect(heldDifferences({ a: { b: 1 } }, {}, [])).toMatchObject([{ path: "a", before: { b: 1 } }]);
    const [one, two] = [{ name: "1" }, { name: "2" }];
    expect(heldDifferences({ l: [one, two] }, { l: [two, one] }, [])).toMatchObject([{ path: "l" }]);
    expect(heldDifferences({ l: [one] }, { l: [one, two] }, [])).toMatchObject([{ path: "l[2]", after: two }]);
  });
});
