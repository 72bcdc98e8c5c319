// Kubernetes quantities ("500m", "20Gi"). Grammar: apimachinery pkg/api/resource.Quantity.

const SUFFIX: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
}; // biome-ignore format: a table reads best in two lines

const GRAMMAR = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * The value in base units (cores, bytes), or undefined if the text is no quantity. Exact to 15 digits, enough to
 * compare.
 */
export function parseQuantity(text: string | number): number | undefined {
  const match = GRAMMAR.exec(String(text));
  if (!match) return undefined;
  const [, digits, exponent, suffix] = match;
  const factor = exponent === undefined ? SUFFIX[suffix ?? ""] : Number(`1${exponent}`);
  return factor === undefined ? undefined : Number(digits) * factor;
}

/**
 * A storage size as a quantity: a number without a unit means gibibytes ("20" -> "20Gi"); any other text is unchanged.
 */
export function storageSize(text: string | number): string {
  return /^\d+(\.\d+)?$/.test(String(text)) ? `${text}Gi` : String(text);
}

/** The quantity that the author of "20gb", "20 GiB" or "512mb" meant. Undefined when that is not certain. */
export function suggestQuantity(text: string): string | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([kmgtpe])i?b?$/i.exec(text.trim()) ?? [];
  return digits === undefined || unit === undefined ? undefined : `${digits}${unit.toUpperCase()}i`;
}

const KIBIBYTE = 1024;

/**
 * Whether an amount of memory or disk is too small to be meant: `400m` is 0.4 bytes, `512` is 512 bytes. Zero is
 * allowed.
 */
export function isTooFewBytes(text: string | number): boolean {
  const value = parseQuantity(text);
  return value !== undefined && value > 0 && value < KIBIBYTE;
}

/** The amount that the author of "400m" meant: "400Mi". */
export function suggestBytes(text: string | number): string | undefined {
  const [, digits] = /^(\d+(?:\.\d+)?)m?$/.exec(String(text).trim()) ?? [];
  return digits === undefined ? undefined : `${digits}Mi`;
}

export function equalQuantity(a: string | number, b: string | number): boolean {
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return left !== undefined && left === right;
}
