// The order in which tasks of one project get the GPUs of the sandbox, in virtual time.
import { expect, it } from "vitest";
import { startDeployRun } from "../../src/engine/starting/deploy.ts";
import type { Priority } from "../../src/model/run/run.ts";
import { openPlace, type WorkflowPlace } from "../workflow/support/place.ts";

const SECOND = 1_000;

/** A task that takes all A100 of one of the two nodes for some seconds. */
async function train(place: WorkflowPlace, name: string, seconds: number, priority: Priority): Promise<void> {
  const properties = { image: "busybox:1.36", command: ["sleep", String(seconds)] };
  const traits = { gpu: { count: 8, product: "NVIDIA-A100-SXM4-80GB" } };
  const text = JSON.stringify({ name, components: [{ name: "train", type: "task", properties, traits }] });
  const asked = {
    project: "default",
    text,
    format: "json",
    actor: "ada",
    message: "",
    createNamespace: false,
  } as const;
  await startDeployRun(place.dependencies, { ...asked, priority }, new AbortController().signal);
}

async function waiting({ dependencies }: WorkflowPlace) {
  const overview = await dependencies.clusters
    .get("sandbox")
    ?.capacity?.overview("default", new AbortController().signal);
  return overview?.waiting;
}

it("a run of a higher priority gets the room first, and the older one is told that it comes first", async () => {
  await using place = await openPlace();
  await train(place, "first", 20, "normal");
  await train(place, "second", 60, "normal");
  await place.clock.advance(SECOND);
  await train(place, "older", 60, "normal");
  await place.clock.advance(SECOND);
  await train(place, "urgent", 60, "high");
  await place.clock.advance(8 * SECOND);
  expect(await waiting(place)).toMatchObject([
    { name: "urgent/train", position: 1 },
    { name: "older/train", position: 2, before: { own: ["urgent/train"], others: 0 } },
  ]);
  await place.clock.advance(20 * SECOND);
  expect(await waiting(place)).toMatchObject([{ name: "older/train", position: 1 }]);
});
