// The label of a cluster. Every output that names a cluster uses it, so that a sandbox is always marked as simulated.
import type { CommandContext } from "../grammar/command.ts";

export const SANDBOX = { en: "sandbox (simulated, nothing runs)", zh: "sandbox（模拟集群，不会真正运行）" } as const;

/** The name for the user: `prod-eu`, or `trial: sandbox (simulated, nothing runs)`. */
export function clusterLabel(
  context: CommandContext,
  cluster: { readonly name: string; readonly kind: string },
): string {
  if (cluster.kind === "sandbox")
    return cluster.name === "sandbox" ? context.say(SANDBOX) : `${cluster.name}: ${context.say(SANDBOX)}`;
  return cluster.kind === "none" ? context.say({ en: "no cluster (offline)", zh: "无集群（离线）" }) : cluster.name;
}
