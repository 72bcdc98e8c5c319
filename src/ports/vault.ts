// Turns secret values into sealed tokens and back. See model/document/sealed.ts for why.
export interface Vault {
  /** Deterministic within a project: equal values give equal tokens. */
  seal(project: string, value: string): string;
  /** Throws when the token was sealed in another project or with another key. */
  open(project: string, token: string): string;
}
