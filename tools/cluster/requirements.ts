// Checks the machine before anything is started. A single error names everything that is missing, and what to do.
import { describePackage, installPackages, missingPackages } from "./packages.ts";
import { run } from "./run.ts";

const oldestGo = [1, 21] as const;

export async function ensureRequirements(report: (line: string) => void): Promise<void> {
  const missing: string[] = [];
  const isRoot = process.getuid?.() === 0;
  if (process.platform !== "linux") missing.push("Linux (the node needs its namespaces and control groups)");
  else if (!isRoot) missing.push("root (start the command with sudo)", ...missingPackages().map(describePackage));
  else missing.push(...(await installed(report)));
  if (!(await hasGo()))
    missing.push("Go 1.21 or later on the PATH (it builds Kubernetes, and downloads the exact Go version itself)");
  if (missing.length > 0)
    throw new Error(
      `The test cluster cannot be started here. Missing:\n${missing.map((thing) => `  - ${thing}`).join("\n")}\n` +
        "Provide them, or point KUBEMIN_TEST_KUBECONFIG at a cluster of your own.",
    );
}

async function hasGo(): Promise<boolean> {
  const version = await run("go", ["env", "GOVERSION"]).catch(() => "");
  const [, major = "0", minor = "0"] = /^go(\d+)\.(\d+)/.exec(version.trim()) ?? [];
  return Number(major) > oldestGo[0] || (Number(major) === oldestGo[0] && Number(minor) >= oldestGo[1]);
}

async function installed(report: (line: string) => void): Promise<string[]> {
  return installPackages(report).catch((failure: Error) => [`packages of the distribution: ${failure.message}`]);
}
