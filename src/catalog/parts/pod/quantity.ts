// Quantities as the API server prints them ("1000m" -> "1", "1024Mi" -> "1Gi"), so that what kubemin sends reads back
// unchanged. Rules: apimachinery pkg/api/resource/quantity.go, CanonicalizeBytes. Not handled: values below one nano,
// which do not occur in practice.

const GRAMMAR = /^([+-]?)(\d*)\.?(\d*)(?:([eE])([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;
const NANO = 1_000_000_000n;
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** The canonical text, or the text itself when it is not a quantity. */
export function canonicalQuantity(text: string | number): string {
  const match = GRAMMAR.exec(String(text));
  if (!match) return String(text);
  const [, sign = "", whole = "", fraction = "", exponent, power = "0", suffix = ""] = match;
  const digits = BigInt(`${whole}${fraction}` || "0");
  const binary = BINARY.indexOf(suffix);
  const scale = binary > 0 ? 1024n ** BigInt(binary) * NANO : 1n;
  const tens = binary > 0 ? -fraction.length : Number(power) - fraction.length + 3 * DECIMAL.indexOf(suffix);
  const nanos = tens >= 0 ? digits * scale * 10n ** BigInt(tens) : upward(digits * scale, 10n ** BigInt(-tens));
  if (nanos === 0n) return "0";
  return (sign === "-" ? "-" : "") + print(nanos, binary > 0, exponent !== undefined);
}

function print(nanos: bigint, binary: boolean, exponential: boolean): string {
  // Below 1024, and for a fraction of a byte, the API server prints decimal, which avoids rounding.
  if (binary && nanos >= 1024n * NANO && nanos % NANO === 0n) {
    const [bytes, index] = reduce(nanos / NANO, 1024n, BINARY.length);
    return `${bytes}${BINARY[index] ?? ""}`;
  }
  const [amount, index] = reduce(nanos, 1000n, DECIMAL.length);
  if (!exponential) return `${amount}${DECIMAL[index] ?? ""}`;
  const power = (index - 3) * 3;
  return power === 0 ? String(amount) : `${amount}e${power}`;
}

function reduce(amount: bigint, factor: bigint, steps: number): readonly [bigint, number] {
  let [left, index] = [amount, 0];
  while (left % factor === 0n && index < steps - 1) [left, index] = [left / factor, index + 1];
  return [left, index];
}

function upward(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}
