// Cases for removing: only by uid, and finished when the object is gone.

import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { applyAndWait, options } from "./environment.ts";
import { configMap, deployment, SERVES } from "./objects.ts";
import type { Given } from "./suite.ts";

export function removalCases(given: Given): void {
  describe("removing", () => {
    it("removes the object with that uid, once", async () => {
      const { cluster, namespace } = given();
      const { ref, uid } = await cluster.apply(configMap("removed", { namespace }, { a: "1" }), options());
      expect(await cluster.remove(ref, { uid, signal: options().signal })).toBe(true);
      expect(await cluster.read(ref, options().signal)).toBeNull();
      expect(await cluster.remove(ref, { uid, signal: options().signal })).toBe(false);
    });

    it("leaves another object of the same name alone", async () => {
      const { cluster, namespace } = given();
      const { ref } = await cluster.apply(configMap("stays", { namespace }, { a: "1" }), options());
      expect(await cluster.remove(ref, { uid: randomUUID(), signal: options().signal })).toBe(false);
      expect(await cluster.read(ref, options().signal)).not.toBeNull();
    });

    it("resolves when a Deployment is gone, which then can be made anew", async () => {
      const { cluster, namespace } = given();
      const manifest = deployment("again", { namespace, script: SERVES });
      const { applied } = await applyAndWait(cluster, manifest, { state: "ready", within: 20_000 });
      expect(await cluster.remove(applied.ref, { uid: applied.uid, signal: options().signal })).toBe(true);
      expect(await cluster.read(applied.ref, options().signal)).toBeNull();
      const anew = await cluster.apply(manifest, options());
      expect(anew.action).toBe("created");
      expect(anew.uid).not.toBe(applied.uid);
    }, 60_000);

    it("ends at once when its signal aborts", async () => {
      const { cluster, namespace } = given();
      const { ref, uid } = await cluster.apply(
        deployment("unremoved", { namespace, script: SERVES, replicas: 0 }),
        options(),
      );
      const abort = new AbortController();
      const pending = cluster.remove(ref, { uid, signal: abort.signal });
      abort.abort();
      await expect(pending).rejects.toThrow();
    }, 3_000);
  });
}
