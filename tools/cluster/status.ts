// Reports which parts of an instance run. It changes nothing.
import { askApi } from "./api.ts";
import { auditLog } from "./audit.ts";
import { userKubeconfig } from "./kubeconfig.ts";
import { isRunning } from "./processes.ts";
import { readState } from "./state.ts";
import { traefikUrl } from "./traefik.ts";

export interface Status {
  readonly name: string;
  readonly exists: boolean;
  readonly healthy: boolean;
  readonly programs: Readonly<Record<string, "running" | "gone">>;
  readonly kubeconfig?: string;
  readonly traefikUrl?: string;
  readonly auditLog?: string;
}

export async function describeStatus(name: string): Promise<Status> {
  const state = readState(name);
  if (!state) return { name, exists: false, healthy: false, programs: {} };
  const roles = Object.keys(state.processes);
  const answers = await askApi(state, "/readyz").then(
    ({ status }) => status === 200,
    () => false,
  );
  return {
    name,
    exists: true,
    healthy: answers && roles.every((role) => isRunning(state, role)),
    programs: Object.fromEntries(roles.map((role) => [role, isRunning(state, role) ? "running" : "gone"])),
    kubeconfig: userKubeconfig(name),
    traefikUrl: traefikUrl(state),
    auditLog: auditLog(name),
  };
}

export function renderStatus(status: Status): string {
  if (!status.exists) return `There is no cluster "${status.name}".\n`;
  const rows = Object.entries(status.programs).map(([role, word]) => `  ${role.padEnd(26)}${word}`);
  const heading = `Cluster "${status.name}" is ${status.healthy ? "healthy" : 'not complete; "up" repairs it'}.`;
  return `${[heading, ...rows, `  kubeconfig ${status.kubeconfig}`, `  Traefik    ${status.traefikUrl}`].join("\n")}\n`;
}
