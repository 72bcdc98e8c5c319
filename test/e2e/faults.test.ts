// Types that do what bad programs do, on the real cluster: each ends with its own word, and nobody else notices.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runNamespaceOf } from "../../src/isolation/projectNamespace.ts";
import { burn, registerFault, startVictim, timesOf, type Victim } from "../support/besideFaults.ts";
import { FAULTS } from "../support/faults.ts";
import { dropNamespace } from "./support/kubectl.ts";
import { startTypes, type TypesServer } from "./support/types.ts";

const mark = randomBytes(3).toString("hex");
const burning = `burn-${mark}`;
const other = `calm-${mark}`;
const COUNT = 15;
/** One busy moment of the machine in fifteen runs is no verdict on kubemin. */
const NOISE = 400;

let types: TypesServer;
let victim: Victim;
let calm: number;

beforeAll(async () => {
  types = await startTypes();
  victim = await startVictim(types, other);
  await timesOf(types, victim, 3);
  calm = Math.max(...(await timesOf(types, victim, COUNT)));
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
      await registerFault(types, burning, fault);
      const { endings, times } = await burn(types, { fault, project: burning, victim, width: 2, count: COUNT });
      for (const ending of endings) expect(JSON.parse(ending)).toMatchObject(fault.ends);
      expect(endings.length).toBeGreaterThanOrEqual(2);
      // Before and after: a machine that others keep busy is not held against the fault.
      const after = Math.max(...(await timesOf(types, victim, COUNT)));
      expect(Math.max(...times)).toBeLessThan(2 * Math.max(calm, after) + NOISE);
    },
  );
});
