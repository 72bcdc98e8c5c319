// Tests job types that fail as bad programs do, on the real cluster: each ends with its own reason, and other runs are
// not affected.
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
/**
 * The tolerated delay in milliseconds. With so few runs, one busy moment of the machine must not fail the test: a run
 * that is really blocked is blocked for many seconds. bench/faults.ts measures the 99th percentile.
 */
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
  // A first run pays once for the watches and the namespace, so it is not measured.
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
      // Measured before and after, so that a machine which other programs keep busy does not count against the fault.
      const after = high(await timesOf(types, victim, { count: COUNT }));
      expect(high(times)).toBeLessThan(2 * Math.max(calm, after) + NOISE);
    },
  );
});
