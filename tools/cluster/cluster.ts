// The command line of the test cluster: node tools/cluster/cluster.ts up | down | status | kubeconfig
import { parseArgs } from "node:util";
import { startCluster, stopCluster } from "./instance.ts";
import { userKubeconfig } from "./kubeconfig.ts";
import { checkName } from "./layout.ts";
import { readState } from "./state.ts";
import { describeStatus, renderStatus } from "./status.ts";

const usage = `Runs a real Kubernetes on this machine, for tests.

  cluster.ts up          start or repair the cluster   [--control-plane-only] [--kwok-nodes N] [--gpus N per simulated node]
                         [--kueue]
  cluster.ts down        stop the cluster and remove all of its data
  cluster.ts status      show which parts run          [--output json]
  cluster.ts kubeconfig  print the path of the kubeconfig

  --name NAME            name of the cluster; default: "test"
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: "string", default: "test" },
    "control-plane-only": { type: "boolean", default: false },
    "kwok-nodes": { type: "string", default: "0" },
    gpus: { type: "string", default: "0" },
    kueue: { type: "boolean", default: false },
    output: { type: "string", default: "text" },
    help: { type: "boolean", default: false },
  },
});

const commands: Readonly<Record<string, () => Promise<void> | void>> = { up, down, status, kubeconfig };

async function main(): Promise<void> {
  const command = commands[positionals[0] ?? ""];
  if (values.help || !command) {
    process.stdout.write(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  checkName(values.name);
  await command();
}

async function up(): Promise<void> {
  const start = Date.now();
  const cluster = await startCluster({
    name: values.name,
    controlPlaneOnly: values["control-plane-only"],
    simulatedNodes: wholeNumber("kwok-nodes"),
    gpusPerSimulatedNode: wholeNumber("gpus"),
    kueue: values.kueue,
    report: (line) => process.stderr.write(`${line}\n`),
  });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stderr.write(`Cluster "${cluster.name}" is ready after ${seconds} s.\n`);
  for (const key of ["kubeconfig", "kubectl", "traefikUrl", "auditLog"] as const)
    process.stdout.write(`${key}: ${cluster[key]}\n`);
}

async function down(): Promise<void> {
  await stopCluster(values.name);
  process.stderr.write(`Cluster "${values.name}" is gone.\n`);
}

async function status(): Promise<void> {
  const found = await describeStatus(values.name);
  process.stdout.write(values.output === "json" ? `${JSON.stringify(found, null, 2)}\n` : renderStatus(found));
  if (!found.healthy) process.exitCode = 1;
}

function kubeconfig(): void {
  if (!readState(values.name))
    throw new Error(`There is no cluster "${values.name}"; start it with "up --name ${values.name}".`);
  process.stdout.write(`${userKubeconfig(values.name)}\n`);
}

function wholeNumber(option: "kwok-nodes" | "gpus"): number {
  const value = Number(values[option]);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`--${option} needs a whole number, not "${values[option]}".`);
  return value;
}

await main().catch((failure: Error) => {
  process.stderr.write(`${failure.message}\n`);
  process.exitCode = 1;
});
