import { describe, expect, it } from "vitest";
import { job } from "../../contracts/cluster/objects.ts";
import { annotated, NAMESPACE, signal, timedSandbox, web } from "../world.ts";

const task = (script: string) => job("migrate", { namespace: NAMESPACE, script });

describe("faults that a user can cause", () => {
  it.each([
    ["image-not-found", "failed ImageNotFound"],
    ["crash-loop", "failed CrashLoop"],
    ["out-of-memory", "failed OutOfMemory"],
    ["unschedulable", "blocked Unschedulable"],
    ["quota", "rejected QuotaExceeded"],
    ["never-ready", "progressing NotReady"],
  ])("%s by annotation and by image tag", async (fault, expected) => {
    for (const object of [annotated(web(), fault), web({ image: `registry.example/app:${fault}` })]) {
      const { apply, clock, last } = timedSandbox();
      const applied = await apply(object);
      expect((await last(applied)).state).toBe("progressing");
      await clock.advance(5_000);
      const health = await last(applied);
      expect(`${health.state} ${health.reason.code}`).toBe(expected);
      expect(health.evidence.map((one) => one.text).join()).toMatch(/^sandbox: /);
      expect(health.facts).toEqual({ ready: 0, wanted: 1 });
    }
  });

  it("policy refuses before anything is written", async () => {
    const { apply, sandbox } = timedSandbox();
    await expect(apply(annotated(web(), "policy"))).rejects.toMatchObject({
      reason: { code: "PolicyDenied" },
      retryable: false,
    });
    expect(sandbox.objects()).toEqual([]);
  });

  it("never-ready gives up at the deadline of the rollout", async () => {
    const { apply, follow, clock } = timedSandbox();
    const told = follow(await apply(annotated(web(), "never-ready")));
    await clock.advance(600_000);
    expect(told.at(-1)).toBe("failed RolloutDeadline 0/1");
  });

  it("a task fails by annotation, or because its script says so", async () => {
    for (const object of [annotated(task("echo hello"), "task-fails"), task("echo hello\nexit 1")]) {
      const { apply, clock, last } = timedSandbox();
      const applied = await apply(object);
      await clock.advance(10_000);
      expect((await last(applied)).reason).toEqual({ code: "TaskFailed", params: { exitCode: 1 } });
    }
  });

  it.each(["test -f x || exit 1", "if false; then exit 1; fi", "exit 0", "echo exit 3"])(
    "a task with %s may well succeed",
    async (script) => {
      const { apply, clock, last } = timedSandbox();
      const applied = await apply(task(script));
      await clock.advance(10_000);
      expect((await last(applied)).reason.code).toBe("Completed");
    },
  );

  it("a failed rollout leaves the previous version in service", async () => {
    const { apply, clock, last, sandbox } = timedSandbox();
    await apply(web());
    await clock.advance(5_000);
    const selector = { "kubemin.dev/component": "web" };
    const metadata = { name: "web", namespace: NAMESPACE, labels: web().metadata.labels ?? {} };
    const front = await apply({
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector, ports: [{ port: 80 }] },
    });
    const broken = await apply(web({ image: "app:does-not-exist" }));
    await clock.advance(5_000);
    expect([(await last(broken)).state, (await last(front)).state]).toEqual(["failed", "ready"]);
    expect(
      await Array.fromAsync(
        sandbox.logs({ project: "contract", namespace: NAMESPACE, application: "suite" }, { signal, follow: false }),
      ),
    ).toEqual([]);
  });
});
