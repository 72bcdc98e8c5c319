// Cases for failures: each is identified, with evidence. Each object fails by itself on a real cluster, and contains
// enough for the sandbox to simulate it.
import { describe, expect, it } from "vitest";
import { explainReason } from "../../../src/model/reasons/reason.ts";
import { applyAndWait, options } from "./environment.ts";
import { configMap, deployment, job, SERVES, secret } from "./objects.ts";
import type { Given } from "./suite.ts";

const PROMISED = 15_000;

export function failureCases(given: Given): void {
  describe("failing", () => {
    it("tells an image that does not exist", async () => {
      const { cluster, namespace, missingImage: image } = given();
      const manifest = deployment("no-image", { namespace, script: SERVES, image });
      const { health } = await applyAndWait(cluster, manifest, { state: "failed", within: PROMISED });
      expect([health.reason.code, health.reason.params["image"]]).toEqual(["ImageNotFound", image]);
      expect(health.evidence.map((one) => one.text).join()).toContain(image);
    }, 20_000);

    it("tells a program that keeps exiting", async () => {
      const { cluster, namespace } = given();
      const manifest = deployment("crashes", { namespace, script: "echo last words; exit 3" });
      const { health } = await applyAndWait(cluster, manifest, {
        state: ["blocked", "failed"],
        code: "CrashLoop",
        within: 20_000,
      });
      expect(health.reason.params).toMatchObject({ container: "crashes", exitCode: 3 });
      expect(health.evidence.length).toBeGreaterThan(0);
    }, 30_000);

    it("tells the exit code and the last words of a task that fails", async () => {
      const { cluster, namespace } = given();
      const manifest = job("fails", { namespace, script: "echo last words; exit 3" });
      const { health } = await applyAndWait(cluster, manifest, { state: "failed", within: 20_000 });
      expect([health.reason.code, health.reason.params["exitCode"]]).toEqual(["TaskFailed", 3]);
      const said = health.evidence.filter((one) => one.source === "log").map((one) => one.text);
      expect(said.join()).toContain("last words");
    }, 30_000);

    // A Secret that is created later is not part of the contract, because a kubelet may take minutes to look again.
    it("tells a Secret that does not exist", async () => {
      const { cluster, namespace } = given();
      const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "absent", key: "password" } } }];
      const manifest = deployment("needs", { namespace, script: SERVES, container: { env } });
      const wanted = { state: ["blocked", "failed"], code: "MissingReference", within: PROMISED } as const;
      const { health } = await applyAndWait(cluster, manifest, wanted);
      expect(explainReason(health.reason, "en")).toContain("absent");
      expect(health.evidence.length).toBeGreaterThan(0);
    }, 20_000);

    it("starts pods whose Secret was there in time", async () => {
      const { cluster, namespace } = given();
      await cluster.apply(secret("present", { namespace }, { password: "x" }), options());
      const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "present", key: "password" } } }];
      const manifest = deployment("has", { namespace, script: SERVES, container: { env } });
      await applyAndWait(cluster, manifest, { state: "ready", within: PROMISED });
    }, 20_000);

    it("tells a pod that no node takes", async () => {
      const { cluster, namespace } = given();
      const container = { resources: { requests: { cpu: "1000" } } };
      const manifest = deployment("huge", { namespace, script: SERVES, container });
      const { health } = await applyAndWait(cluster, manifest, { state: "blocked", within: PROMISED });
      expect(health.reason.code).toBe("Unschedulable");
      expect(health.evidence.map((one) => one.text).join()).toContain("cpu");
    }, 20_000);

    it("tells what a quota refuses for ever from what it refuses for now", async () => {
      const { cluster, quotaNamespace, setQuota } = given();
      const namespace = quotaNamespace;
      await setQuota(namespace, { "requests.cpu": "100m" });
      const asking = (cpu: string) => ({ namespace, script: SERVES, container: { resources: { requests: { cpu } } } });
      const never = await applyAndWait(cluster, deployment("too-much", asking("200m")), {
        state: "rejected",
        within: PROMISED,
      });
      expect(never.health.reason.code).toBe("QuotaExceeded");
      expect(never.health.evidence.length).toBeGreaterThan(0);
      await applyAndWait(cluster, deployment("fits", asking("80m")), { state: "ready", within: PROMISED });
      await applyAndWait(cluster, deployment("waits", asking("50m")), {
        state: "blocked",
        code: "QuotaExceeded",
        within: PROMISED,
      });
      await cluster.apply(configMap("untouched", { namespace }, { a: "1" }), options());
    }, 60_000);
  });
}
