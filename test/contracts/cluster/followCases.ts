// Cases for following: progress, readiness, no reports after the end, and the logs of running pods.
import { describe, expect, it } from "vitest";
import { refOf } from "../../../src/model/kubernetes/manifest.ts";
import type { LogLine } from "../../../src/ports/cluster.ts";
import { applyAndWait, followOne, options } from "./environment.ts";
import { configMap, deployment, job, SERVES, secret, service } from "./objects.ts";
import type { Given } from "./suite.ts";

export function followCases(given: Given): void {
  describe("following", () => {
    it("calls configuration ready at once", async () => {
      const { cluster, namespace } = given();
      await applyAndWait(cluster, configMap("ready", { namespace }, { a: "1" }), { state: "ready", within: 3_000 });
      await applyAndWait(cluster, secret("ready", { namespace }, { a: "1" }), { state: "ready", within: 3_000 });
    });

    it("tells how a Deployment becomes ready, and how a new image rolls", async () => {
      const { cluster, namespace } = given();
      const first = await applyAndWait(cluster, deployment("rolling", { namespace, script: SERVES, replicas: 2 }), {
        state: "ready",
        within: 20_000,
      });
      expect(first.told[0]?.state).not.toBe("ready");
      expect(first.health.facts).toMatchObject({ ready: 2, wanted: 2 });
      const next = deployment("rolling", { namespace, script: SERVES, replicas: 2, image: "busybox:1.37" });
      const second = await applyAndWait(cluster, next, { state: "ready", within: 30_000 });
      expect(second.applied.action).toBe("configured");
      expect(second.told.map((health) => health.state)).toContain("progressing");
    }, 60_000);

    it("says when asked what it told those who follow", async () => {
      const { cluster, namespace } = given();
      const manifest = deployment("asked", { namespace, script: SERVES });
      await applyAndWait(cluster, manifest, { state: "ready", within: 20_000 });
      const [now] = await cluster.health([refOf(manifest)], options().signal);
      expect(now?.state).toBe("ready");
    }, 30_000);

    it("calls a Service ready once something answers behind it", async () => {
      const { cluster, namespace } = given();
      const applied = await cluster.apply(service("front", "behind", { namespace }), options());
      const following = followOne(cluster, applied);
      await following.until({ state: "progressing", code: "EndpointsPending" }, 3_000);
      await cluster.apply(deployment("behind", { namespace, script: SERVES }), options());
      await following.until({ state: "ready" }, 20_000);
      following.stop();
    }, 30_000);

    it("calls a finished Job completed", async () => {
      const { cluster, namespace } = given();
      const { health } = await applyAndWait(cluster, job("finishes", { namespace, script: "echo finished well" }), {
        state: "ready",
        within: 20_000,
      });
      expect(health.reason.code).toBe("Completed");
    }, 30_000);

    it("tells that an object is missing", async () => {
      const { cluster, namespace } = given();
      const [health] = await cluster.health([refOf(configMap("absent", { namespace }, {}))], options().signal);
      expect([health?.state, health?.reason.code]).toEqual(["missing", "Missing"]);
    });

    it("tells when a followed object is gone", async () => {
      const { cluster, namespace } = given();
      const applied = await cluster.apply(configMap("leaves", { namespace }, { a: "1" }), options());
      const following = followOne(cluster, applied);
      await following.until({ state: "ready" }, 3_000);
      await cluster.remove(applied.ref, { uid: applied.uid, signal: options().signal });
      await following.until({ state: "missing" }, 5_000);
      following.stop();
    });

    it("says nothing more once it is told to stop", async () => {
      const { cluster, namespace } = given();
      const applied = await cluster.apply(deployment("silent", { namespace, script: SERVES }), options());
      const [stopped, going] = [followOne(cluster, applied), followOne(cluster, applied)];
      await stopped.until({ state: ["progressing", "ready"] }, 5_000);
      stopped.stop();
      const heard = stopped.told.length;
      await going.until({ state: "ready" }, 20_000);
      going.stop();
      expect(stopped.told).toHaveLength(heard);
      const never = followOne(cluster, applied);
      never.stop();
      const last = followOne(cluster, applied);
      await last.until({ state: "ready" }, 5_000);
      last.stop();
      expect(never.told).toHaveLength(0);
    }, 30_000);

    it("reads the logs of a component, and follows those of a Job", async () => {
      const { cluster, namespace } = given();
      await applyAndWait(cluster, job("speaks", { namespace, script: "echo one; echo two" }), {
        state: "ready",
        within: 20_000,
      });
      const owner = { project: "contract", namespace, application: "suite", component: "speaks" };
      const signal = options().signal;
      const lines = await Array.fromAsync(cluster.logs(owner, { signal, follow: false }));
      expect(lines.length).toBeGreaterThanOrEqual(2);
      for (const line of lines)
        expect(line).toMatchObject({ container: "speaks", pod: expect.stringContaining("speaks") });
      expect(Number.isNaN(Date.parse(lines[0]?.at ?? ""))).toBe(false);
      const tail = await Array.fromAsync(cluster.logs(owner, { signal, follow: false, tail: 1 }));
      expect(tail).toEqual(lines.slice(-1));
      expect(await Array.fromAsync(cluster.logs({ ...owner, component: "nobody" }, { signal, follow: false }))).toEqual(
        [],
      );
      const abort = new AbortController();
      const followed: LogLine[] = [];
      for await (const line of cluster.logs({ ...owner, job: "speaks" }, { signal: abort.signal, follow: true })) {
        followed.push(line);
        if (followed.length === lines.length) abort.abort();
      }
      expect(followed).toEqual(lines);
    }, 30_000);
  });
}
