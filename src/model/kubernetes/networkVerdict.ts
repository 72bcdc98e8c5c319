// The result of a test whether the network of a cluster enforces NetworkPolicies, and the settings of the test.

export const ENFORCEMENTS = ["enforced", "ignored", "unknown"] as const;
type Enforcement = (typeof ENFORCEMENTS)[number];

export interface NetworkVerdict {
  readonly enforcement: Enforcement;
  /** Message of the cluster that explains `unknown`; empty otherwise. */
  readonly detail: string;
}

export interface NetworkProbe {
  /** Name of the namespace that is created for the test. It must not exist. */
  readonly name: string;
  /** Image that has a shell, httpd and wget, and can run as any user. */
  readonly image: string;
  readonly signal: AbortSignal;
}
