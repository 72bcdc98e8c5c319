// Types that do what bad programs do, on the real cluster: each ends with its own word, and nobody else notices.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runNamespaceOf } from "../../src/isolation/cluster/projectNamespace.ts";
import { burn, registerFault, startVictim, timesOf, typeIn, type Victim } from "../support/besideFaults.ts";
import { FAULTS } from "../support/faults.ts";
import { dropNamespace } from "./support/kubectl.ts";
import { startTypes, type TypesServer } from "./support/types.ts";

const mark = randomBytes(3).toString("hex");
const burning = `burn-${mark}`;
const other = `calm-${mark}`;
const COUNT = 15;
/** Milliseconds. One busy moment of the machine in so few runs is no verdict on kubemin: what is blocked here is blocked for many seconds, and
 * the 99th of a hundred is measured by bench/faults.ts. */
const NOISE = 1_000;
const high = (times: readonly number[]): number => [...times].sort((a, b) => a - b).at(-2) ?? 0;

let types: TypesServer;
let victim: Victim;
let calm: number;

beforeAll(async () => {
  types = await startTypes();
  victim = await startVictim(types, other);
  await timesOf(types, victim, { count: 3 });
  const [first] = FAULTS;
  // What only the very first pod costs (watches, the namespace) is nobody's fault.
  if (first !== undefined) {
    await registerFault(types, burning, first);
    await types.run(typeIn(burning, first), {}, { project: burning });
  }
  calm = high(await timesOf(types, victim, { count: COUNT }));
}, 300_000);
afterAll(async () => {
  victim?.stop();
  await types?.stop();
  await dropNamespace(runNamespaceOf(burning));
});

describe("a fault", () => {
  it.each(FAULTS.map((fault) => [fault.name, fault] as const))(
    "(%s) ends its own job with its own word, and leaves another project's runs alone",
    async (_, fault) => {
      if (fault !== FAULTS[0]) await registerFault(types, burning, fault);
      const { endings, times } = await burn(types, { fault, project: burning, victim, width: 2, count: COUNT });
      for (const ending of endings) expect(JSON.parse(ending)).toMatchObject(fault.ends);
      expect(endings.length).toBeGreaterThanOrEqual(2);
      // Before and after: a machine that others keep busy is not held against the fault.
      const after = high(await timesOf(types, victim, { count: COUNT }));
      expect(high(times)).toBeLessThan(2 * Math.max(calm, after) + NOISE);
    },
  );
});
