// Addresses that a server inside a network must not call on behalf of a user. Sources: the IANA special-purpose
// registries (https://www.iana.org/assignments/iana-ipv4-special-registry,
// https://www.iana.org/assignments/iana-ipv6-special-registry). All IPv6 ranges that embed an IPv4 address are refused
// completely, so that no notation can bypass the IPv4 table.
import { BlockList, isIP } from "node:net";

/**
 * The first match gives the range its name, so an address of a metadata server comes before the range that contains it.
 */
const RANGES: readonly (readonly [name: string, network: string, prefix: number])[] = [
  ["metadata", "169.254.169.254", 32],
  ["metadata", "100.100.100.200", 32],
  ["metadata", "168.63.129.16", 32],
  ["metadata", "fd00:ec2::254", 128],
  ["unspecified", "0.0.0.0", 8],
  ["loopback", "127.0.0.0", 8],
  ["link-local", "169.254.0.0", 16],
  ["private", "10.0.0.0", 8],
  ["private", "172.16.0.0", 12],
  ["private", "192.168.0.0", 16],
  ["shared", "100.64.0.0", 10],
  ["reserved", "192.0.0.0", 24],
  ["documentation", "192.0.2.0", 24],
  ["documentation", "198.51.100.0", 24],
  ["documentation", "203.0.113.0", 24],
  ["6to4-relay", "192.88.99.0", 24],
  ["benchmarking", "198.18.0.0", 15],
  ["multicast", "224.0.0.0", 4],
  ["reserved", "240.0.0.0", 4],
  ["unspecified", "::", 128],
  ["loopback", "::1", 128],
  ["IPv4-mapped", "::ffff:0:0", 96],
  ["IPv4-compatible", "::", 96],
  ["NAT64", "64:ff9b::", 96],
  ["NAT64", "64:ff9b:1::", 48],
  ["6to4", "2002::", 16],
  ["Teredo", "2001::", 32],
  ["documentation", "2001:db8::", 32],
  ["discard", "100::", 64],
  ["private", "fc00::", 7],
  ["link-local", "fe80::", 10],
  ["site-local", "fec0::", 10],
  ["multicast", "ff00::", 8],
];

const family = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

// One list per range and family: in Node, an IPv4 address also matches the IPv4-mapped IPv6 network, which would forbid
// everything.
const LISTS = RANGES.map(([name, network, prefix]) => {
  const list = new BlockList();
  list.addSubnet(network, prefix, family(network));
  return { name, kind: family(network), list };
});

/**
 * The name of the forbidden range that the address lies in, or `undefined` when it may be called. Other text is "not an
 * address".
 */
export function forbiddenRange(address: string): string | undefined {
  const bare = address.replace(/%.*$/, "");
  if (isIP(bare) === 0) return "not an address";
  const kind = family(bare);
  return LISTS.find((one) => one.kind === kind && one.list.check(bare, kind))?.name;
}
