// `npm run semantics -- --count 10000 --seed 1`: runs random workflows on the engine and by the reference interpreter.
// At the first difference it prints the smallest workflow that shows it, and exits with 1.
import { parseArgs } from "node:util";
import fc from "fast-check";
import { stringify } from "yaml";
import { compare } from "./compare.ts";
import { written } from "./document.ts";
import { anyScenario, type Grammar, type Scenario } from "./generate.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000" },
    seed: { type: "string" },
  },
});
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const count = Number(values.count);
const counted = { planned: 0, refused: 0 };

async function check(grammar: Grammar, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(anyScenario(grammar), async (scenario) => {
    const { refused, differences } = await compare(scenario);
    counted[refused ? "refused" : "planned"] += 1;
    if (differences.length > 0) throw new Error(differences.join("\n"));
  });
  const details = await fc.check(property, { seed, numRuns });
  if (!details.failed) return;
  const [scenario] = details.counterexample ?? [];
  if (scenario !== undefined) await tell(scenario);
  process.exit(1);
}

async function tell(scenario: Scenario): Promise<void> {
  const { document, called } = written(scenario.workflow);
  console.log(stringify(document));
  for (const [name, workflow] of called) console.log(`--- ${name}\n${stringify(workflow)}`);
  console.log(scenario.acts, scenario.crashes);
  console.log((await compare(scenario)).differences.join("\n"));
  console.log(`seed ${seed}`);
}

const begun = performance.now();
await check({ crashes: false }, Math.ceil((count * 3) / 4));
await check({ crashes: true }, Math.floor(count / 4));
const seconds = Math.round((performance.now() - begun) / 1000);
console.log(
  `${counted.planned} workflows agree, ${counted.refused} were refused by the planner; seed ${seed}, ${seconds} s`,
);
