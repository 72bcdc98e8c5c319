// Plans an application of 200 components against its previous revision, without a cluster: everything that `kubemin
// plan` computes.
import { builtins } from "../src/builtins.ts";
import { createCatalog } from "../src/catalog/catalog.ts";
import type { JsonObject } from "../src/model/data/json.ts";
import { checkDocument } from "../src/plan/check/check.ts";
import { NEUTRAL } from "../src/plan/components/neutralFacts.ts";
import { planApplication } from "../src/plan/plan.ts";
import { median, milliseconds, printTable } from "./support/table.ts";

const COMPONENTS = 200;
const ROUNDS = 21;
const LIMIT = 100;

const component = (index: number): JsonObject => ({
  name: `web-${index}`,
  type: "webservice",
  properties: { image: "nginx:1.27", port: 80 },
  traits: { env: { A: "1", B: "2" }, storage: [{ type: "config", name: `c-${index}`, data: { a: "b" } }] },
  ...(index === 0 ? {} : { dependsOn: [`web-${index - 1}`] }),
});

export function benchPlanning(): void {
  const catalog = createCatalog({
    name: "kubemin",
    components: builtins.components ?? [],
    traits: builtins.traits ?? [],
    jobs: builtins.jobs ?? [],
  });
  const document = { name: "large", components: Array.from({ length: COMPONENTS }, (_, index) => component(index)) };
  const checks: number[] = [];
  const plans: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    const { application } = checkDocument(document, catalog);
    if (application === null) throw new Error("the document is valid");
    const checked = performance.now();
    const input = { application, project: "default", facts: NEUTRAL, owned: [], presentOutside: null };
    const { plan: previous } = planApplication({ ...input, previous: null });
    const first = performance.now();
    planApplication({ ...input, previous });
    checks.push(checked - begin);
    plans.push(performance.now() - first);
  }
  const planning = median(plans);
  printTable(`Planning ${COMPONENTS} components (median of ${ROUNDS})`, [
    {
      what: "planned against the previous revision",
      measured: milliseconds(planning),
      limit: "< 100 ms",
      kept: planning < LIMIT,
    },
    { what: "first plan, without warm-up", measured: milliseconds(plans[0] ?? Number.NaN) },
    { what: "check before the plan", measured: milliseconds(median(checks)) },
  ]);
}

if (import.meta.main) benchPlanning();
