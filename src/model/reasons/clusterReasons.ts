// Why a whole cluster refuses the calls of kubemin. Rows of the table of reasons.
import type { Localized } from "../data/text.ts";
import type { Actor } from "./actor.ts";

export const CLUSTER_REASONS = {
  CredentialRefused: {
    who: "operator",
    text: {
      en: "cluster {cluster} does not accept kubemin's credential: it was revoked or has expired",
      zh: "集群 {cluster} 不接受 kubemin 的凭据：已被吊销或已过期",
    },
  },
} as const satisfies Record<string, { readonly who: Actor; readonly text: Localized }>;
