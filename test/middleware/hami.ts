// HAMi as a whole on a running cluster: its webhook and its scheduler. Nodes with cards are the caller's.
import { systemClock } from "../../src/engine/systemClock.ts";
import { openConnection } from "../../src/kube/reach/connection.ts";
import { findTarget } from "../../src/kube/reach/kubeconfig.ts";
import { startAdmission } from "./admissionServer.ts";
import { startHamiScheduler } from "./hamiExtender.ts";
import { hamiWebhook } from "./hamiWebhook.ts";
import type { Stoppable } from "./stoppable.ts";

export async function startHami(cluster: {
  readonly kubeconfig: string;
  readonly kubectl: string;
}): Promise<Stoppable> {
  const target = await findTarget({ name: "hami", kubeconfig: cluster.kubeconfig, context: undefined });
  const raw = openConnection("hami", target, systemClock);
  const scheduler = await startHamiScheduler({ raw, ...cluster });
  const webhook = await startAdmission(raw, hamiWebhook(raw));
  return {
    stop: async () => {
      await webhook.stop();
      await scheduler.stop();
      await raw.close();
    },
  };
}
