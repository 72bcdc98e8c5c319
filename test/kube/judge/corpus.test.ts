// The verdict on every state of the corpus: the production functions judge objects that were recorded from a real
// cluster (corpus/record.ts).
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judge, NO_MEMORY } from "../../../src/kube/judge/verdict.ts";
import { NOW, type Scene } from "../corpus/scene.ts";
import { SCENES } from "../corpus/scenes.ts";
import { FOLDER, lookAt, readRecorded } from "../corpus/world.ts";

describe("the corpus", () => {
  it("has a recording of every scene, and no other", () => {
    const recorded = readdirSync(FOLDER).map((name) => name.replace(/\.json$/, ""));
    expect(recorded.toSorted()).toEqual(SCENES.map(({ name }) => name).toSorted());
  });

  it.each(SCENES)("$name: $expected.state, $expected.code", (scene) => {
    const finding = lookAt(scene, { recorded: readRecorded(scene.name) });
    const { health } = judge(finding, NO_MEMORY, NOW);
    const { turns } = finding;
    const seen: Scene["expected"] = {
      state: health.state,
      code: health.reason.code,
      ...(turns === undefined ? {} : { turns: [turns.into, turns.after / 1000] as const }),
    };
    expect(seen, JSON.stringify(finding)).toEqual(scene.expected);
  });

  it.each(SCENES.filter(({ expected }) => expected.turns !== undefined))("$name: final when it lasts", (scene) => {
    const { turns } = scene.expected;
    const finding = lookAt(scene, { recorded: readRecorded(scene.name) });
    let { memory } = judge(finding, NO_MEMORY, NOW);
    const seconds = turns?.[1] ?? 0;
    for (let passed = 10; passed < seconds; passed += 10) {
      const verdict = judge(finding, memory, NOW + passed * 1000);
      expect([verdict.final, verdict.health.state]).toEqual([false, scene.expected.state]);
      memory = verdict.memory;
    }
    expect(judge(finding, memory, NOW + seconds * 1000).health.state).toBe(turns?.[0]);
  });
});
