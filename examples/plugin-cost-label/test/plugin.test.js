// Run with: node --test
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPack, renderDocument } from "kubemin/plugin/test-kit";
import plugin from "../plugin.js";

test("kubemin accepts the plug-in", () => {
  assert.deepEqual(checkPack(plugin), []);
});

test("the cost centre is labelled, and the program knows it", () => {
  const hello = {
    name: "hello",
    type: "page",
    properties: { html: "hi" },
    traits: { "cost-centre": { code: "IT-0042" } },
  };
  const objects = renderDocument({ name: "greeting", components: [hello] }, plugin);
  const record = objects.find((object) => object.metadata.name === "hello-cost-centre");
  assert.equal(record?.metadata.labels?.["billing.example.com/cost-centre"], "IT-0042");
  const deployment = objects.find((object) => object.kind === "Deployment");
  assert.deepEqual(deployment?.spec.template.spec.containers[0].env, [{ name: "COST_CENTRE", value: "IT-0042" }]);
});

test("a cost centre that is none is refused", () => {
  const hello = {
    name: "hello",
    type: "page",
    properties: { html: "hi" },
    traits: { "cost-centre": { code: "free" } },
  };
  assert.throws(() => renderDocument({ name: "greeting", components: [hello] }, plugin), /IT-0042/);
});
