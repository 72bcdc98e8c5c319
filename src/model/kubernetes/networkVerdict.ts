// Whether a cluster's network obeys NetworkPolicies, as tried out on it.

export const ENFORCEMENTS = ["enforced", "ignored", "unknown"] as const;
type Enforcement = (typeof ENFORCEMENTS)[number];

export interface NetworkVerdict {
  readonly enforcement: Enforcement;
  /** Why it is not known, in the cluster's words; empty otherwise. */
  readonly detail: string;
}

export interface NetworkProbe {
  /** Of the namespace that is made for it; it must not exist. */
  readonly name: string;
  /** With a shell, httpd and wget; any user. */
  readonly image: string;
  readonly signal: AbortSignal;
}
