// Decides which URL and which address may be called. A name is resolved once, and what comes out of here is the address that is
// connected to: a name that answers differently a moment later (DNS rebinding) changes nothing. If one address of a name is
// forbidden, the name is.
import { isIP } from "node:net";
import { OutgoingRefused } from "../ports/outgoing.ts";
import type { AllowList } from "./allowList.ts";
import { forbiddenRange } from "./ranges.ts";

/** All addresses of a name; rejects when there is none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface Target {
  readonly url: URL;
  /** Without brackets, without the trailing dot. */
  readonly host: string;
}

/** The WHATWG parser turns every notation of an IPv4 address (octal, hexadecimal, one number) into the usual one. */
export function targetOf(text: string, allowed: AllowList): Target {
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

/** What a host's own text shows already. */
export function checkName(host: string, allowed: AllowList): void {
  if (allowed.host(host)) return;
  if (isIP(host) !== 0) return checkAddress(host, host, allowed);
  if (host !== "localhost" && !host.endsWith(".localhost")) return;
  // RFC 6761: always the loopback address, whatever a resolver says.
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

/** The one address to connect to. */
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
