// The interface to the vault, which turns secret values into sealed tokens and back; src/vault implements it.
// src/model/document/sealed.ts explains why values are sealed.
export interface Vault {
  /** Seals a value. Equal values of one project give equal tokens. */
  seal(project: string, value: string): string;
  /** Opens a token. Throws when it was sealed for another project or with another key. */
  open(project: string, token: string): string;
}
