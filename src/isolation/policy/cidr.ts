// Networks as ranges of IPv4 and IPv6 addresses, and whether one contains another. A text that is not a network gives
// `undefined`.
import { isIP } from "node:net";

export interface Network {
  readonly text: string;
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Parses `10.0.0.0/8` or one address. Bits behind the prefix are set to zero, as the API server requires it. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", bits, ...more] = text.split("/");
  const family = isIP(address);
  const width = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if ((family !== 4 && family !== 6) || more.length > 0 || prefix < 0 || prefix > width || address.includes("%"))
    return undefined;
  const size = 1n << BigInt(width - prefix);
  const value = family === 4 ? numberOf(address.split("."), 10, 8n) : numberOf(groupsOf(address), 16, 16n);
  const first = value - (value % size);
  return { text: `${print(first, family)}/${prefix}`, family, first, last: first + size - 1n };
}

export function contains(outer: Network, inner: Network): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/**
 * The blocked networks inside the outer network, for the `except` of a rule. Each is listed once, and none lies inside
 * another.
 */
export function exceptionsIn(outer: Network, blocked: readonly Network[]): readonly string[] {
  const inside = blocked.filter((one) => contains(outer, one) && one.text !== outer.text);
  const largest = inside.filter((one) => !inside.some((other) => other.text !== one.text && contains(other, one)));
  return [...new Set(largest.map((one) => one.text))];
}

function numberOf(parts: readonly string[], base: number, bits: bigint): bigint {
  return parts.reduce((sum, part) => (sum << bits) + BigInt(Number.parseInt(part, base)), 0n);
}

/** The eight groups of an IPv6 address, with the IPv4 tail and the `::` written out. */
function groupsOf(address: string): readonly string[] {
  const tail = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const pair = (high: string | undefined, low: string | undefined): string =>
    (Number(high) * 256 + Number(low)).toString(16);
  const whole = tail ? `${tail[1]}${pair(tail[2], tail[3])}:${pair(tail[4], tail[5])}` : address;
  const [head = "", rest] = whole.split("::");
  const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(head), groups(rest ?? "")];
  if (rest === undefined) return before;
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => "0"), ...after];
}

function print(value: bigint, family: 4 | 6): string {
  const [count, bits] = family === 4 ? [4, 8n] : [8, 16n];
  const parts = Array.from(
    { length: count },
    (_, index) => (value >> (BigInt(count - 1 - index) * bits)) % (1n << bits),
  );
  if (family === 4) return parts.join(".");
  const long = parts.map((part) => part.toString(16)).join(":");
  // The longest row of zeros is written as `::`, because the API server warns about other forms.
  const rows = [...long.matchAll(/(?:^|:)(?:0(?::|$)){2,}/g)].sort((a, b) => b[0].length - a[0].length);
  const [row] = rows;
  return row === undefined ? long : `${long.slice(0, row.index)}::${long.slice(row.index + row[0].length)}`;
}
