// Questions about room: what fits, what waits for other pods or for a quota, and what never fits.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { CapacityVerdict } from "../../../src/model/kubernetes/capacity.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { podGroupOf } from "../../../src/model/kubernetes/podGroups.ts";
import { applyAndWait } from "./environment.ts";
import { deployment, SERVES } from "./objects.ts";
import type { Given } from "./suite.ts";

const PROMISED = 15_000;

export function capacityCases(given: Given): void {
  /** A program that asks for devices, on nodes that are reserved for them. */
  const asking = (name: string, count: number, namespace = given().namespace): Manifest => {
    const { resource } = given().devices;
    const container = { resources: { limits: { [resource]: String(count) } } };
    const made = deployment(name, { namespace, script: SERVES, container });
    const spec = made["spec"] as { readonly template: { readonly spec: JsonObject } & JsonObject } & JsonObject; // the test made it with a template
    const pod = { ...spec.template.spec, tolerations: [{ operator: "Exists" }] };
    return { ...made, spec: { ...spec, template: { ...spec.template, spec: pod } } };
  };

  const ask = async (manifest: Manifest): Promise<CapacityVerdict> => {
    const group = podGroupOf(manifest);
    const { capacity } = given().cluster;
    if (group === undefined || capacity === undefined) throw new Error("the cluster answers no questions about room");
    return capacity.check({ groups: [group], project: "contract" }, AbortSignal.timeout(PROMISED));
  };

  /** The view of a real cluster follows its watches a moment later. */
  const until = async (manifest: Manifest, expected: object): Promise<void> => {
    await expect.poll(() => ask(manifest), { timeout: PROMISED }).toMatchObject(expected);
  };

  const holding = async (manifest: Manifest): Promise<() => Promise<void>> => {
    const { cluster } = given();
    const { applied } = await applyAndWait(cluster, manifest, { state: "ready", within: PROMISED });
    return async () => {
      await cluster.remove(applied.ref, { signal: AbortSignal.timeout(PROMISED), uid: applied.uid });
    };
  };

  describe("room", () => {
    it("fits as long as it is free, waits for the pods that hold it, and fits again after them", async () => {
      const { count } = given().devices;
      const all = asking("all", count);
      await until(all, { class: "fits", reason: { code: "FitsNow" } });
      const release = await holding(asking("holder", count));
      await until(all, {
        class: "waits",
        reason: { code: "CapacityShort" },
        holders: { own: ["suite/holder"], others: 0 },
      });
      await release();
      await until(all, { class: "fits" });
    }, 60_000);

    it("never fits when no node has as much", async () => {
      const { count, resource } = given().devices;
      await until(asking("over", count + 1), { class: "rejected", reason: { code: "NeverFits" } });
      const { reason } = await ask(asking("over", count + 1));
      expect(reason.params).toMatchObject({ need: `${count + 1} ${resource}`, have: String(count) });
    }, 20_000);

    it("waits for a quota in use, and is refused by a quota that is too small", async () => {
      const { setQuota, quotaNamespace, devices } = given();
      await setQuota(quotaNamespace, { [`requests.${devices.resource}`]: "1" });
      await until(asking("quota-over", 2, quotaNamespace), { class: "rejected", reason: { code: "QuotaTooSmall" } });
      await until(asking("quota-one", 1, quotaNamespace), { class: "fits" });
      const release = await holding(asking("quota-holder", 1, quotaNamespace));
      await until(asking("quota-one", 1, quotaNamespace), { class: "waits", reason: { code: "QuotaBusy" } });
      await release();
      await until(asking("quota-one", 1, quotaNamespace), { class: "fits" });
    }, 60_000);
  });
}
