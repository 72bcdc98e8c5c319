// Shares of cards in the sandbox, by the simulated HAMi.
import { expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { podGroupOf } from "../../../src/model/kubernetes/podGroups.ts";
import { job } from "../../contracts/cluster/objects.ts";
import { NAMESPACE, signal, timedSandbox } from "../world.ts";

function sharing(name: string, memory: number, cores: number): Manifest {
  const limits: JsonObject = {
    "nvidia.com/gpu": "1",
    "nvidia.com/gpumem": String(memory),
    "nvidia.com/gpucores": String(cores),
  };
  return job(name, { namespace: NAMESPACE, script: "sleep 30", container: { resources: { limits } } });
}

it("two cards of 23 GB hold four shares of 10 GB; a fifth waits and starts by itself", async () => {
  const { apply, clock, last } = timedSandbox();
  for (const name of ["one", "two", "three", "four"]) {
    const applied = await apply(sharing(name, 10_000, 20));
    expect((await last(applied)).reason.code).toBe("TaskRunning");
  }
  const fifth = await apply(sharing("fifth", 10_000, 20));
  expect(await last(fifth)).toMatchObject({ state: "blocked", reason: { code: "Unschedulable" } });
  expect((await last(fifth)).evidence[0]?.text).toContain("1 2/2 CardInsufficientMemory");
  const small = await apply(sharing("small", 2_000, 20));
  expect((await last(small)).reason.code).toBe("TaskRunning");
  await clock.advance(31_000);
  expect((await last(fifth)).reason.code).toBe("TaskRunning");
});

it("the dry run names HAMi's scheduler, and a share that no card has is never possible", async () => {
  const { sandbox } = timedSandbox();
  const pods = podGroupOf(sharing("over", 40_000, 20));
  if (pods === undefined) throw new Error("a Job has pods");
  const tried = await sandbox.dryRun(pods.pod, { signal, reveal: (text) => text });
  if ("refused" in tried) throw new Error("it was refused");
  expect(tried.admitted["spec"]).toMatchObject({ schedulerName: "hami-scheduler" });
  const verdict = await sandbox.capacity?.check({ groups: [{ pod: tried.admitted, count: 1 }], project: "p" }, signal);
  expect(verdict).toMatchObject({ class: "rejected" });
});
