import { describe, expect, it } from "vitest";
import { reason } from "../../../src/model/reasons/reason.ts";
import { ClusterError } from "../../../src/ports/cluster.ts";
import { configMap, deployment, object, SERVES, secret, service } from "../../contracts/cluster/objects.ts";
import { NAMESPACE, signal, timedSandbox, web } from "../world.ts";

describe("the sandbox in time", () => {
  it("lets pods become ready one by one, and reports each step once", async () => {
    const { apply, follow, clock } = timedSandbox();
    const told = follow(await apply(web({ replicas: 3 })));
    await clock.runAll();
    expect(told).toEqual([
      "progressing Starting 0/3",
      "progressing Progressing 1/3",
      "progressing Progressing 2/3",
      "ready Ready 3/3",
    ]);
    expect(clock.pending()).toBe(0);
  });

  it("starts only the new pods when a Deployment grows", async () => {
    const { apply, follow, clock } = timedSandbox();
    await apply(web({ replicas: 2 }));
    await clock.advance(5_000);
    const told = follow(await apply(web({ replicas: 3 })));
    await clock.runAll();
    expect(told).toEqual(["progressing Progressing 2/3", "ready Ready 3/3"]);
  });

  it("calls a loss after readiness degraded", async () => {
    const { apply, follow, clock, sandbox } = timedSandbox();
    const applied = await apply(web({ replicas: 2 }));
    const told = follow(applied);
    await clock.advance(5_000);
    sandbox.killPod(applied.ref);
    await clock.runAll();
    expect(told.slice(-3)).toEqual(["ready Ready 2/2", "degraded Progressing 1/2", "ready Ready 2/2"]);
  });

  it("continues when the Secret is created soon", async () => {
    const { apply, follow, clock } = timedSandbox();
    const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "later", key: "password" } } }];
    const told = follow(await apply(web({ container: { env } })));
    await clock.advance(1_000);
    await apply(secret("later", { namespace: NAMESPACE }, { other: "x" }));
    await clock.advance(500);
    await apply(secret("later", { namespace: NAMESPACE }, { password: "x" }));
    await clock.runAll();
    expect(told.filter((line) => line.startsWith("blocked"))).toHaveLength(2);
    expect(told.at(-1)).toBe("ready Ready 1/1");
  });

  it("calls a missing Secret a failure after a while", async () => {
    const { apply, follow, clock } = timedSandbox();
    const told = follow(await apply(web({ container: { envFrom: [{ secretRef: { name: "never" } }] } })));
    await clock.runAll();
    expect(told).toEqual(["blocked MissingReference 0/1", "failed MissingReference 0/1"]);
  });

  it("admits a pod when another frees the quota", async () => {
    const { apply, follow, clock, sandbox } = timedSandbox();
    sandbox.setQuota(NAMESPACE, { pods: "1" });
    const first = await apply(deployment("first", { namespace: NAMESPACE, script: SERVES }));
    const told = follow(await apply(deployment("second", { namespace: NAMESPACE, script: SERVES })));
    await clock.advance(1_000);
    expect(told).toEqual(["blocked QuotaExceeded 0/1"]);
    const removal = sandbox.remove(first.ref, { uid: first.uid, signal });
    await clock.runAll();
    expect(await removal).toBe(true);
    expect(told.at(-1)).toBe("ready Ready 1/1");
  });

  it("publishes a route once its Service answers, at an address that nobody can take for real", async () => {
    const { apply, follow, clock, last } = timedSandbox();
    const spec = {
      parentRefs: [{ name: "public", namespace: "sandbox" }],
      rules: [{ backendRefs: [{ name: "front", port: 80 }] }],
    };
    const route = await apply(
      object(["gateway.networking.k8s.io/v1", "HTTPRoute"], "route", { namespace: NAMESPACE, fields: { spec } }),
    );
    const told = follow(route);
    await clock.advance(1_000);
    expect(told).toEqual(["progressing EndpointsPending"]);
    await apply(service("front", "web", { namespace: NAMESPACE }));
    await apply(web());
    await clock.runAll();
    expect(told.at(-1)).toBe("ready Ready");
    expect((await last(route)).facts?.address).toBe("http://sandbox.invalid:80");
  });

  it("keeps the claims of a StatefulSet when it goes", async () => {
    const { apply, clock, sandbox, last } = timedSandbox();
    const template = web()["spec"];
    const claims = [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "1Gi" } } } }];
    const spec = { ...(template as object), volumeClaimTemplates: claims }; // a Deployment has a spec
    const applied = await apply(
      object(["apps/v1", "StatefulSet"], "redis", { namespace: NAMESPACE, fields: { spec } }),
    );
    await clock.advance(5_000);
    const ref = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: NAMESPACE, name: "data-redis-0" };
    expect((await last({ ...applied, ref })).state).toBe("ready");
    const removal = sandbox.remove(applied.ref, { uid: applied.uid, signal });
    await clock.runAll();
    await removal;
    expect(await sandbox.read(applied.ref, signal)).toBeNull();
    expect(await sandbox.read(ref, signal)).not.toBeNull();
  });

  it("reports when another tool replaces, changes or deletes an object", async () => {
    const { apply, follow, clock, sandbox } = timedSandbox();
    const applied = await apply(web());
    const told = follow(applied);
    await clock.advance(5_000);
    sandbox.change(applied.ref, (live) => ({ ...live, spec: { ...(live["spec"] as object), replicas: 2 } })); // it has one
    await clock.advance(5_000);
    expect(told.at(-1)).toBe("ready Ready 2/2");
    expect((await apply(web())).action).toBe("configured");
    expect(sandbox.vanish(applied.ref)).toBe(true);
    await clock.advance(1);
    expect(told.at(-1)).toBe("missing Missing");
    const again = await apply(web());
    const second = follow(again);
    sandbox.replace(again.ref);
    await clock.advance(1);
    expect(second.at(-1)).toBe("failed ChangedBehindUs");
  });

  it("can be silent, slow and refusing", async () => {
    const { apply, follow, clock, sandbox } = timedSandbox();
    const told = follow(await apply(configMap("here", { namespace: NAMESPACE }, {})));
    await clock.advance(1);
    sandbox.setReachable(false);
    await expect(apply(web())).rejects.toMatchObject({ reason: { code: "ClusterUnreachable" }, retryable: true });
    await clock.advance(1);
    sandbox.setReachable(true);
    await clock.advance(1);
    expect(told).toEqual(["ready Ready", "unknown ClusterUnreachable", "ready Ready"]);
    sandbox.failApplies(1, new ClusterError(reason("NotAllowed", { detail: "test" }), false));
    await expect(apply(web())).rejects.toMatchObject({ reason: { code: "NotAllowed" } });
    sandbox.setLatency(500);
    const slow = apply(web());
    await clock.advance(499);
    expect(sandbox.objects()).toHaveLength(1);
    await clock.advance(1);
    expect((await slow).action).toBe("created");
  });
});
