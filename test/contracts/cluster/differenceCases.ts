// Cases for differences between the wanted and the live object, by a dry run and from the watches, and for objects
// whose owner changes.
import { describe, expect, it } from "vitest";
import { dig } from "../../../src/model/data/json.ts";
import { MASK } from "../../../src/model/document/sealed.ts";
import { refOf } from "../../../src/model/kubernetes/manifest.ts";
import { options, SECRET_TOKEN, SECRET_VALUE } from "./environment.ts";
import { configMap, deployment, object, SERVES, secret } from "./objects.ts";
import type { Given } from "./suite.ts";

export function differenceCases(given: Given): void {
  describe("differences", () => {
    it("are none after an apply, and finding that out changes nothing", async () => {
      const { cluster, namespace } = given();
      const manifest = deployment("as-applied", { namespace, script: SERVES, replicas: 0 });
      const { ref, generation } = await cluster.apply(manifest, options());
      expect(await cluster.compare(manifest, options())).toEqual({ ref, state: "same", fields: [] });
      const after = await cluster.read(ref, options().signal);
      expect(after?.metadata.generation).toBe(generation);
    });

    it("tell what somebody changed, and who; not what somebody added", async () => {
      const { cluster, namespace, edit, editor } = given();
      const manifest = configMap("edited", { namespace }, { a: "1", b: "2" });
      const { ref } = await cluster.apply(manifest, options());
      await edit(ref, { data: { a: "changed", theirs: "3" } });
      const difference = await cluster.compare(manifest, options());
      expect(difference).toEqual({
        ref,
        state: "different",
        fields: [{ path: "data.a", live: "changed", wanted: "1", managers: editor === null ? [] : [editor] }],
      });
      expect(dig(await cluster.read(ref, options().signal), "data", "a")).toBe("changed");
    });

    it("tell what the document would change", async () => {
      const { cluster, namespace } = given();
      const at = (image: string) => deployment("wanted", { namespace, script: SERVES, replicas: 0, image });
      await cluster.apply(at("busybox:1.36"), options());
      const { fields } = await cluster.compare(at("busybox:1.37"), options());
      expect(fields).toMatchObject([
        { path: "spec.template.spec.containers[wanted].image", live: "busybox:1.36", wanted: "busybox:1.37" },
      ]);
    });

    it("never show the value of a secret, on neither side", async () => {
      const { cluster, namespace, edit } = given();
      const manifest = secret("masked", { namespace }, { value: SECRET_TOKEN });
      const { ref } = await cluster.apply(manifest, options());
      const other = "their-own-secret";
      await edit(ref, { stringData: { value: other } });
      const difference = await cluster.compare(manifest, options());
      expect(difference.fields).toMatchObject([{ live: MASK, wanted: MASK }]);
      const text = JSON.stringify(difference);
      for (const value of [other, SECRET_VALUE, SECRET_TOKEN])
        for (const form of [value, Buffer.from(value).toString("base64")]) expect(text).not.toContain(form);
    });

    it("say what is missing, and what is somebody else's without telling what is in it", async () => {
      const { cluster, namespace, place } = given();
      expect(await cluster.compare(configMap("nowhere", { namespace }, {}), options())).toMatchObject({
        state: "missing",
      });
      await place({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "not-ours", namespace }, data: { a: "1" } });
      expect(await cluster.compare(configMap("not-ours", { namespace }, { a: "2" }), options())).toMatchObject({
        state: "foreign",
        reason: { code: "OwnedByOther" },
        fields: [],
      });
    });

    it("are seen by the watches: which fields, by whom, and what is gone", async () => {
      const { cluster, namespace, edit, editor } = given();
      const manifest = deployment("watched", { namespace, script: SERVES, replicas: 0 });
      const { ref, uid } = await cluster.apply(manifest, options());
      const until = async (judge: (drift: Awaited<ReturnType<typeof cluster.drifted>>) => boolean) => {
        for (;;) {
          const changed = Promise.withResolvers<void>();
          const stop = cluster.subscribe(() => changed.resolve());
          const drift = await cluster.drifted([manifest], options().signal);
          if (judge(drift)) {
            stop();
            return drift;
          }
          await changed.promise;
          stop();
        }
      };
      await until((drift) => drift.length === 0);
      await edit(ref, { spec: { replicas: 1 } });
      expect(await until((drift) => drift.length > 0)).toEqual([
        { ref, gone: false, fields: ["spec.replicas"], managers: editor === null ? [] : [editor] },
      ]);
      await cluster.apply(manifest, options());
      await until((drift) => drift.length === 0);
      await cluster.remove(ref, { uid, signal: options().signal });
      expect(await until((drift) => drift.length > 0)).toEqual([{ ref, gone: true, fields: [], managers: [] }]);
    });
  });

  describe("objects that change hands", () => {
    it("are adopted when asked, and keep their uid", async () => {
      const { cluster, namespace, place } = given();
      await place({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "found", namespace }, data: { a: "1" } });
      const ours = configMap("found", { namespace }, { a: "2" });
      const before = await cluster.read(refOf(ours), options().signal);
      expect(await cluster.dryRun(ours, { ...options(), adopt: true })).toMatchObject({
        admitted: { data: { a: "2" } },
      });
      expect(await cluster.compare(ours, { ...options(), adopt: true })).toMatchObject({
        state: "different",
        fields: expect.arrayContaining([expect.objectContaining({ path: "data.a", live: "1", wanted: "2" })]),
      });
      expect((await cluster.apply(ours, { ...options(), adopt: true })).uid).toBe(before?.metadata.uid);
      expect((await cluster.apply(ours, options())).action).toBe("unchanged");
    });

    it("of another application are not, whatever is asked", async () => {
      const { cluster, namespace } = given();
      await cluster.apply(configMap("taken", { namespace, application: "other" }, { a: "1" }), options());
      const attempt = cluster.dryRun(configMap("taken", { namespace }, { a: "2" }), { ...options(), adopt: true });
      expect(await attempt).toMatchObject({ refused: { reason: { code: "OwnedByOther" }, class: "final", grace: 0 } });
    });

    it("say that a Service cannot become headless, or be it no more", async () => {
      const { cluster, namespace } = given();
      const at = (headless: boolean) =>
        object(["v1", "Service"], "heads", {
          namespace,
          fields: { spec: { ...(headless ? { clusterIP: "None" } : {}), selector: { a: "b" }, ports: [{ port: 80 }] } },
        });
      const { ref, uid } = await cluster.apply(at(true), options());
      expect(await cluster.dryRun(at(false), options())).toMatchObject({
        refused: { reason: { code: "ImmutableField" } },
      });
      await cluster.remove(ref, { uid, signal: options().signal });
      await cluster.apply(at(false), options());
      expect(await cluster.dryRun(at(true), options())).toMatchObject({
        refused: { reason: { code: "ImmutableField" } },
      });
    });
  });
}
