// Deploys thousands of applications that each have a set-up job of ten seconds before their configuration. Measures
// what a server needs for many runs that mostly wait. KUBEMIN_BENCH_APPLICATIONS is their number (default: 10000).
import { WORKING_TIME } from "../tools/cluster/simulation.ts";
import { benchReach } from "./support/reach.ts";
import { SIMULATED } from "./support/simulated.ts";

const COUNT = Number(process.env["KUBEMIN_BENCH_APPLICATIONS"] ?? 10_000);

function documentOf(name: string, namespace: string): object {
  const setup = {
    name: `${name}-setup`,
    type: "task",
    properties: { image: "busybox:1.36", command: ["sleep", "10"] },
    traits: { placement: SIMULATED, metadata: { pods: { annotations: { [WORKING_TIME]: "10s" } } } },
  };
  const settings = {
    name: `${name}-settings`,
    type: "config",
    dependsOn: [setup.name],
    properties: { data: { a: "b" } },
  };
  return { name, namespace, components: [setup, settings] };
}

if (import.meta.main)
  await benchReach({
    title: "applications with a set-up job of 10 s each",
    count: COUNT,
    limit: 900,
    document: documentOf,
  });
