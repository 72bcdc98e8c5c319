// Sealed tokens by AES-256-GCM, with a nonce derived from the project and the value (the idea of SIV, RFC 5297): within
// a project, equal values give equal tokens, and a nonce can only repeat together with its whole plaintext. It is
// intended that tokens show whether two values of one project are equal. The project is authenticated, so a token that
// is copied into another project cannot be opened there.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { sealedPayload, sealedToken } from "../model/document/sealed.ts";
import type { Vault } from "../ports/vault.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `key` has 32 random bytes. Without them, no sealed value can be opened. */
export function aesVault(key: Uint8Array): Vault {
  if (key.length !== 32) throw new Error(`the vault key has ${key.length} bytes; 32 are needed`);
  const encryption = Buffer.from(hkdfSync("sha256", key, "", "kubemin vault encryption", 32));
  const derivation = Buffer.from(hkdfSync("sha256", key, "", "kubemin vault nonce", 32));
  return {
    seal(project, value) {
      const nonce = createHmac("sha256", derivation).update(`${project}\0${value}`).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", encryption, nonce).setAAD(Buffer.from(project));
      const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
      return sealedToken(Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url"));
    },
    open(project, token) {
      const payload = Buffer.from(sealedPayload(token), "base64url");
      const tag = payload.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv("aes-256-gcm", encryption, payload.subarray(0, NONCE_BYTES));
        decipher.setAAD(Buffer.from(project)).setAuthTag(tag);
        return decipher.update(payload.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch {
        throw new Error(
          `a sealed value does not open in project ${project}: it was sealed in another project or with another key`,
        );
      }
    },
  };
}
