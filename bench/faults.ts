// Measures the runs of another project during each fault of the design's table. Prints them next to a measurement with
// the same number of healthy jobs of the same shape, which start and end pods on the same two cores.

import { startTypes } from "../test/e2e/support/types.ts";
import { burn, registerFault, startVictim, timesOf } from "../test/support/besideFaults.ts";
import { FAULTS, type Fault, HEALTHY } from "../test/support/faults.ts";
import { benchCluster } from "./support/cluster.ts";
import { milliseconds, printTable, quantile, type Row } from "./support/table.ts";

const COUNT = 100;
const WIDTH = 4;
/**
 * Milliseconds between two runs, so that the runs are spread over the whole life of some jobs and not only over their
 * start.
 */
const BETWEEN = 25;
const LIMIT = 2;

export async function benchFaults(): Promise<void> {
  const cluster = await benchCluster();
  process.env["KUBEMIN_TEST_KUBECONFIG"] = cluster.kubeconfig;
  const types = await startTypes();
  const mark = Math.random().toString(36).slice(2, 8);
  const [burning, other] = [`burn-${mark}`, `calm-${mark}`];
  const victim = await startVictim(types, other);
  try {
    await timesOf(types, victim, { count: 10 });
    const calm = await timesOf(types, victim, { count: COUNT, between: BETWEEN });
    const beside = async (fault: Fault) => {
      const given = { fault, project: burning, victim, width: WIDTH, count: COUNT, between: BETWEEN };
      return await burn(types, given);
    };
    for (const fault of [HEALTHY, ...FAULTS]) await registerFault(types, burning, fault);
    // The costs of the very first pod (watches, the namespace) must not be measured.
    await beside(HEALTHY);
    const healthy = (await beside(HEALTHY)).times;
    const most = LIMIT * quantile(healthy, 0.99);
    const rows: Row[] = [row("nothing else", calm), row(`${WIDTH} healthy jobs at a time`, healthy)];
    for (const fault of FAULTS) {
      const { times, endings } = await beside(fault);
      const limits = { limit: `< ${milliseconds(most)}`, kept: quantile(times, 0.99) < most };
      rows.push({ ...row(`${fault.name} (${endings.length} jobs)`, times), ...limits });
    }
    printTable(`p99 of another project's runs, ${COUNT} each, during ${WIDTH} jobs at a time with a fault`, rows);
  } finally {
    victim.stop();
    await types.stop();
    await cluster.kubectl(["delete", "namespace", `kubemin-run-${burning}`, "--wait=false", "--ignore-not-found"]);
  }
}

function row(what: string, times: readonly number[]): Row {
  const middle = milliseconds(quantile(times, 0.5));
  return { what: `${what}, p50 ${middle}`, measured: milliseconds(quantile(times, 0.99)) };
}

if (import.meta.main) await benchFaults();
