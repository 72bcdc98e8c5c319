// What a task requests for a cluster without room, from the document to the plan.
import { describe, expect, it } from "vitest";
import { builtins } from "../../src/builtins.ts";
import { createCatalog } from "../../src/catalog/catalog.ts";
import { planOffline } from "../../src/cli/documents/offline.ts";

const catalog = createCatalog(builtins);
const planned = (type: string, onShort: unknown) =>
  planOffline(
    JSON.stringify({ name: "a", components: [{ name: "a", type, properties: { image: "busybox:1.36" }, onShort }] }),
    catalog,
    "default",
  );

describe("onShort of a component", () => {
  it.each([
    ["wait", "wait"],
    ["fail", "fail"],
    ["wait-then-fail(1h30m)", 5_400_000],
  ])("%s is planned", (written, meant) => {
    const { plan, problems } = planned("task", written);
    expect(problems).toEqual([]);
    expect(plan?.jobs[0]?.onShort).toBe(meant);
  });

  it("has the default when the document sets nothing", () => {
    expect(planned("task", undefined).plan?.jobs[0]).not.toHaveProperty("onShort");
  });

  it.each(["later", "wait-then-fail()", "wait-then-fail(soon)", 5, null])(
    "%j is a problem with its place",
    (written) => {
      expect(planned("task", written).problems.map((one) => one.pointer)).toEqual(["/components/0/onShort"]);
    },
  );

  it("is for tasks only: other components are created immediately", () => {
    expect(planned("worker", "fail").problems.map(({ code, pointer }) => [code, pointer])).toEqual([
      ["OnShortNotApplicable", "/components/0/onShort"],
    ]);
  });
});
