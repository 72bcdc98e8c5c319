// Signs and verifies messages, in both directions: HMAC-SHA256 over `timestamp.body`. The timestamp (seconds since the
// epoch) is signed too, and the verifier refuses one that is more than five minutes off, so a recorded message cannot
// be replayed later. Within these five minutes a replay is not prevented here: the receiver recognises it by the event
// id.
import { createHmac, timingSafeEqual } from "node:crypto";
import { OutgoingRefused, type SignedMessage } from "../ports/outgoing.ts";

export const SIGNATURE_HEADERS = {
  timestamp: "kubemin-timestamp",
  key: "kubemin-key",
  signature: "kubemin-signature",
} as const;
const WINDOW_SECONDS = 300;
const VERSION = "v1=";

export function signatureOf(secret: string, timestamp: number, body: string | Buffer): string {
  return VERSION + createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
}

export function signedHeaders(
  { keyId, secret }: { readonly keyId: string; readonly secret: string },
  body: string,
  now: Date,
): Readonly<Record<string, string>> {
  const timestamp = Math.floor(now.getTime() / 1_000);
  return {
    [SIGNATURE_HEADERS.timestamp]: String(timestamp),
    [SIGNATURE_HEADERS.key]: keyId,
    [SIGNATURE_HEADERS.signature]: signatureOf(secret, timestamp, body),
  };
}

/**
 * Throws OutgoingRefused when the signature is missing, wrong or too old. The header may contain several signatures,
 * separated by commas, so that a sender can change its secret: one of them must be right.
 */
export function verifySignature({ host, headers, body }: SignedMessage, secret: string, now: Date): void {
  const stamp = headers[SIGNATURE_HEADERS.timestamp] ?? "";
  const sent = headers[SIGNATURE_HEADERS.signature] ?? "";
  if (sent === "" || !/^\d{1,12}$/.test(stamp)) throw new OutgoingRefused("Unsigned", { host });
  const expected = Buffer.from(signatureOf(secret, Number(stamp), body));
  const right = sent
    .split(",")
    .map((one) => Buffer.from(one.trim()))
    .some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  if (!right) throw new OutgoingRefused("BadSignature", { host });
  const away = Math.abs(Math.floor(now.getTime() / 1_000) - Number(stamp));
  if (away > WINDOW_SECONDS) throw new OutgoingRefused("StaleSignature", { host, seconds: away });
}
