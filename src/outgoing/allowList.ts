// The operator's exceptions from the forbidden ranges (ranges.ts): networks (10.1.0.0/16), addresses and host names.
// Pure. An allowed host name allows every address that it resolves to: the operator vouches for the name.
import { BlockList, isIP } from "node:net";
import { DNS_SUBDOMAIN } from "../model/kubernetes/name.ts";

export interface AllowList {
  host(name: string): boolean;
  address(address: string): boolean;
}

/** Throws an Error that names the first entry that is neither a network, nor an address, nor a host name. */
export function parseAllowList(entries: readonly string[]): AllowList {
  const list = new BlockList();
  const names = new Set<string>();
  for (const entry of entries) {
    const [network = "", prefix, ...rest] = entry.trim().split("/");
    const kind = isIP(network);
    if (kind === 0 && prefix === undefined && DNS_SUBDOMAIN.test(network.toLowerCase()))
      names.add(network.toLowerCase());
    else if (kind !== 0 && rest.length === 0 && isPrefix(prefix, kind))
      list.addSubnet(network, Number(prefix ?? (kind === 6 ? 128 : 32)), kind === 6 ? "ipv6" : "ipv4");
    else throw new Error(`${entry} is neither a network like 10.1.0.0/16, nor an address, nor a host name`);
  }
  return {
    host: (name) => names.has(name),
    address: (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4"),
  };
}

function isPrefix(text: string | undefined, kind: number): boolean {
  return text === undefined || (/^\d{1,3}$/.test(text) && Number(text) <= (kind === 6 ? 128 : 32));
}
