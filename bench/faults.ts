// Another project's runs while each fault of the design's table burns: how long they take beside a calm time. Prints the table.

import { startTypes } from "../test/e2e/support/types.ts";
import { burn, registerFault, startVictim, timesOf } from "../test/support/besideFaults.ts";
import { FAULTS } from "../test/support/faults.ts";
import { benchCluster } from "./support/cluster.ts";
import { milliseconds, printTable, quantile, type Row } from "./support/table.ts";

const COUNT = 100;
const WIDTH = 4;
const LIMIT = 2;

export async function benchFaults(): Promise<void> {
  const cluster = await benchCluster();
  process.env["KUBEMIN_TEST_KUBECONFIG"] = cluster.kubeconfig;
  const types = await startTypes();
  const mark = Math.random().toString(36).slice(2, 8);
  const [burning, other] = [`burn-${mark}`, `calm-${mark}`];
  const victim = await startVictim(types, other);
  try {
    await timesOf(types, victim, 10);
    const calm = await timesOf(types, victim, COUNT);
    const before = quantile(calm, 0.99);
    const rows: Row[] = [
      { what: `nothing burns, p50 ${milliseconds(quantile(calm, 0.5))}`, measured: milliseconds(before) },
    ];
    for (const fault of FAULTS) {
      await registerFault(types, burning, fault);
      const { times, endings } = await burn(types, { fault, project: burning, victim, width: WIDTH, count: COUNT });
      const p99 = quantile(times, 0.99);
      rows.push({
        what: `${fault.name} (${endings.length} jobs), p50 ${milliseconds(quantile(times, 0.5))}`,
        measured: milliseconds(p99),
        limit: `< ${milliseconds(before * LIMIT)}`,
        kept: p99 < before * LIMIT,
      });
    }
    printTable(`p99 of another project's runs, ${COUNT} each, while ${WIDTH} jobs of a fault run`, rows);
  } finally {
    victim.stop();
    await types.stop();
    await cluster.kubectl(["delete", "namespace", `kubemin-run-${burning}`, "--wait=false", "--ignore-not-found"]);
  }
}

if (import.meta.main) await benchFaults();
