// Cases for applying: what is written, what is not written, and what is refused.
import { describe, expect, it } from "vitest";
import { dig } from "../../../src/model/data/json.ts";
import { refOf } from "../../../src/model/kubernetes/manifest.ts";
import { options, refusal, SECRET_TOKEN, SECRET_VALUE } from "./environment.ts";
import { configMap, deployment, object, SERVES, secret } from "./objects.ts";
import type { Given } from "./suite.ts";

export function writingCases(given: Given): void {
  describe("writing", () => {
    it("creates an object, and finds the second time that nothing is to be done", async () => {
      const { cluster, namespace, writes } = given();
      const manifest = configMap("twice", { namespace }, { a: "1" });
      const first = await cluster.apply(manifest, options());
      expect(first.action).toBe("created");
      expect(first.uid).not.toBe("");
      expect(first.ref).toEqual(refOf(manifest));
      const [before, live] = [await writes(), await cluster.read(first.ref, options().signal)];
      const second = await cluster.apply(manifest, options());
      expect(second).toEqual({ ...first, action: "unchanged" });
      expect(await writes()).toBe(before);
      const after = await cluster.read(first.ref, options().signal);
      expect(after?.metadata.resourceVersion).toBe(live?.metadata.resourceVersion);
    });

    it("lists all objects of a kind, ours or not, and none of a kind that is not served", async () => {
      const { cluster, namespace, place } = given();
      await cluster.apply(configMap("listed", { namespace }, { a: "1" }), options());
      await place({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "foreign", namespace }, data: {} });
      const found = await cluster.list({ apiVersion: "v1", kind: "ConfigMap", namespace }, options().signal);
      const names = found?.map((one) => `${one.apiVersion} ${one.kind} ${one.metadata.name}`);
      expect(names).toEqual(expect.arrayContaining(["v1 ConfigMap listed", "v1 ConfigMap foreign"]));
      const everywhere = await cluster.list({ apiVersion: "v1", kind: "ConfigMap", namespace: "" }, options().signal);
      expect(everywhere?.map((one) => one.metadata.name)).toContain("listed");
      const unknown = { apiVersion: "example.com/v1", kind: "Unheard", namespace: "" };
      expect(await cluster.list(unknown, options().signal)).toEqual([]);
    });

    it("does not write because of another revision annotation alone", async () => {
      const { cluster, namespace } = given();
      const manifest = configMap("revision", { namespace }, { a: "1" });
      const revised = (revision: string) => ({
        ...manifest,
        metadata: { ...manifest.metadata, annotations: { "kubemin.dev/revision": revision } },
      });
      await cluster.apply(revised("1"), options());
      expect((await cluster.apply(revised("2"), options())).action).toBe("unchanged");
    });

    it("says unchanged for a Deployment and keeps its generation; a change raises it", async () => {
      const { cluster, namespace } = given();
      const manifest = deployment("generation", { namespace, script: SERVES, replicas: 0 });
      const first = await cluster.apply(manifest, options());
      const second = await cluster.apply(manifest, options());
      expect([second.action, second.generation]).toEqual(["unchanged", first.generation]);
      const third = await cluster.apply(
        deployment("generation", { namespace, script: SERVES, replicas: 0, image: "busybox:1.37" }),
        options(),
      );
      expect(third.action).toBe("configured");
      expect(third.uid).toBe(first.uid);
      expect(third.generation).toBeGreaterThan(first.generation);
    });

    it("takes away a field that is no longer sent", async () => {
      const { cluster, namespace } = given();
      await cluster.apply(configMap("fields", { namespace }, { keep: "1", drop: "2" }), options());
      const changed = await cluster.apply(configMap("fields", { namespace }, { keep: "1" }), options());
      expect(changed.action).toBe("configured");
      expect(dig(await cluster.read(changed.ref, options().signal), "data")).toEqual({ keep: "1" });
    });

    it("brings the value of a sealed token to the cluster, and to no error", async () => {
      const { cluster, namespace, secretValue, opensSecrets } = given();
      const manifest = secret("password", { namespace }, { value: SECRET_TOKEN });
      expect((await cluster.apply(manifest, options())).action).toBe("created");
      expect(await secretValue("password", "value")).toBe(opensSecrets ? SECRET_VALUE : SECRET_TOKEN);
      expect((await cluster.apply(manifest, options())).action).toBe("unchanged");
      const wrong = object(["v1", "Secrets"], "wrong", { namespace, fields: { stringData: { value: SECRET_TOKEN } } });
      const error = await refusal(cluster.apply(wrong, options()));
      expect(JSON.stringify(error.reason) + error.message).not.toContain(SECRET_VALUE);
    });

    it("leaves an object of another application as it is", async () => {
      const { cluster, namespace } = given();
      const theirs = await cluster.apply(
        configMap("theirs", { namespace, application: "other" }, { a: "1" }),
        options(),
      );
      const error = await refusal(cluster.apply(configMap("theirs", { namespace }, { a: "2" }), options()));
      expect([error.reason.code, error.retryable]).toEqual(["OwnedByOther", false]);
      expect(String(error.reason.params["owner"])).toContain("other");
      expect(dig(await cluster.read(theirs.ref, options().signal), "data")).toEqual({ a: "1" });
    });

    it("leaves an object without our labels as it is, and says so before as well", async () => {
      const { cluster, namespace, place } = given();
      await place({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "foreign", namespace }, data: { a: "1" } });
      const ours = configMap("foreign", { namespace }, { a: "2" });
      expect(await cluster.dryRun(ours, options())).toMatchObject({ refused: { reason: { code: "OwnedByOther" } } });
      expect((await refusal(cluster.apply(ours, options()))).reason.code).toBe("OwnedByOther");
      expect(dig(await cluster.read(refOf(ours), options().signal), "data")).toEqual({ a: "1" });
    });

    it("says what it would store without changing anything", async () => {
      const { cluster, namespace } = given();
      const manifest = configMap("checked", { namespace }, { a: "1" });
      const tried = await cluster.dryRun(manifest, options());
      expect(tried).toMatchObject({ admitted: { kind: "ConfigMap", metadata: { name: "checked" }, data: { a: "1" } } });
      expect(await cluster.read(refOf(manifest), options().signal)).toBeNull();
    });

    it("names the field that cannot be changed", async () => {
      const { cluster, namespace } = given();
      const first = deployment("immutable", { namespace, script: SERVES, replicas: 0 });
      await cluster.apply(first, options());
      const labels = { "kubemin.dev/component": "immutable" };
      const spec = { ...(first["spec"] as object), selector: { matchLabels: labels } }; // a Deployment has a spec
      const error = await refusal(cluster.apply({ ...first, spec }, options()));
      expect([error.reason.code, error.reason.params["field"]]).toEqual(["ImmutableField", "spec.selector"]);
    });

    it("refuses a namespace that does not exist", async () => {
      const { cluster, namespace } = given();
      const nowhere = `${namespace}-nowhere`;
      expect(await cluster.namespaceExists(namespace, options().signal)).toBe(true);
      expect(await cluster.namespaceExists(nowhere, options().signal)).toBe(false);
      const error = await refusal(cluster.apply(configMap("lost", { namespace: nowhere }, { a: "1" }), options()));
      expect([error.reason.code, error.reason.params["object"], error.retryable]).toEqual([
        "Missing",
        `Namespace/${nowhere}`,
        false,
      ]);
    });

    it("refuses a kind that is not served, and knows that it holds none", async () => {
      const { cluster, namespace } = given();
      const strange = object(["example.com/v1", "Strange"], "strange", { namespace, fields: {} });
      expect((await refusal(cluster.apply(strange, options()))).reason.code).toBe("RefusedByServer");
      expect(await cluster.read(refOf(strange), options().signal)).toBeNull();
    });

    it("ends at once when its signal aborts", async () => {
      const { cluster, namespace } = given();
      const abort = new AbortController();
      const pending = cluster.apply(configMap("aborted", { namespace }, { a: "1" }), options(abort.signal));
      abort.abort();
      await expect(pending).rejects.toThrow();
      await expect(
        cluster.apply(configMap("aborted", { namespace }, { a: "1" }), options(AbortSignal.abort())),
      ).rejects.toThrow();
    }, 2_000);

    it("tells facts that planning can use", async () => {
      const { cluster } = given();
      const facts = await cluster.facts(options().signal);
      expect([facts.name, facts.kind]).toEqual([cluster.name, cluster.kind]);
      expect(facts.kinds).toEqual(
        expect.arrayContaining(["ConfigMap", "apps/Deployment", "batch/Job", "networking.k8s.io/Ingress"]),
      );
    });
  });
}
