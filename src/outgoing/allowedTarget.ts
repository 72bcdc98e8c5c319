// Decides which URL and which address may be called. A name is resolved once, and the caller connects to the address
// that this file returns, so a name that resolves differently a moment later (DNS rebinding) has no effect. If one
// address of a name is forbidden, the whole name is refused.
import { isIP } from "node:net";
import { OutgoingRefused } from "../ports/outgoing.ts";
import type { AllowList } from "./allowList.ts";
import { forbiddenRange } from "./ranges.ts";

/** Resolves a host name to all of its addresses; rejects when there is none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface CallTarget {
  readonly url: URL;
  /** The host in lower case, without the brackets of an IPv6 address and without a trailing dot. */
  readonly host: string;
}

/**
 * Checks everything that the text of a URL shows; throws OutgoingRefused. The WHATWG parser turns every notation of an
 * IPv4 address (octal, hexadecimal, a single number) into the usual one.
 */
export function targetOf(text: string, allowed: AllowList): CallTarget {
  if (!URL.canParse(text)) throw new OutgoingRefused("BadAddress");
  const url = new URL(text);
  const scheme = url.protocol.replace(/:$/, "");
  if (scheme !== "https" && scheme !== "http") throw new OutgoingRefused("BadScheme", { scheme });
  const host = plainHost(url.hostname);
  if (host === "") throw new OutgoingRefused("BadAddress");
  if (url.username !== "" || url.password !== "") throw new OutgoingRefused("CredentialsInAddress", { host });
  checkName(host, allowed);
  return { url, host };
}

export function plainHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.+$/, "");
}

/**
 * Refuses a host that is forbidden without a DNS lookup: an address, or a name for the local machine. Throws
 * OutgoingRefused.
 */
export function checkName(host: string, allowed: AllowList): void {
  if (allowed.host(host)) return;
  if (isIP(host) !== 0) return checkAddress(host, host, allowed);
  if (host !== "localhost" && !host.endsWith(".localhost")) return;
  // RFC 6761: these names always mean the loopback address, whatever a resolver answers.
  if (!allowed.address("127.0.0.1"))
    throw new OutgoingRefused("ForbiddenAddress", { host, address: "127.0.0.1", range: "loopback" });
}

function checkAddress(host: string, address: string, allowed: AllowList): void {
  if (allowed.host(host) || allowed.address(address)) return;
  const range = forbiddenRange(address);
  if (range !== undefined) throw new OutgoingRefused("ForbiddenAddress", { host, address, range });
}

interface Admission {
  readonly allowed: AllowList;
  readonly resolve: Resolve;
  readonly encrypted: boolean;
}

/**
 * Resolves the host, checks all of its addresses, and returns the address to connect to. Rejects with OutgoingRefused.
 */
export async function admitHost(host: string, { allowed, resolve, encrypted }: Admission): Promise<string> {
  const addresses = isIP(host) === 0 ? await resolved(host, resolve) : [host];
  for (const address of addresses) checkAddress(host, address, allowed);
  const [address] = addresses;
  if (address === undefined) throw new OutgoingRefused("Unresolvable", { host });
  if (!encrypted && !allowed.host(host) && !addresses.every((one) => allowed.address(one)))
    throw new OutgoingRefused("Unencrypted", { host });
  return address;
}

async function resolved(host: string, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(host);
  } catch {
    throw new OutgoingRefused("Unresolvable", { host });
  }
}
