// Kubernetes quantities ("500m", "20Gi"). Grammar: apimachinery pkg/api/resource.Quantity.

const SUFFIX: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
}; // biome-ignore format: a table reads best in two lines

const GRAMMAR = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/** The value in base units (cores, bytes), or undefined if the text is no quantity. Exact to 15 digits, enough to compare. */
export function parseQuantity(text: string | number): number | undefined {
  const match = GRAMMAR.exec(String(text));
  if (!match) return undefined;
  const [, digits, exponent, suffix] = match;
  const factor = exponent === undefined ? SUFFIX[suffix ?? ""] : Number(`1${exponent}`);
  return factor === undefined ? undefined : Number(digits) * factor;
}

/** Storage sizes: a bare number means gibibytes ("20" -> "20Gi"), everything else is taken as it is. */
export function storageSize(text: string | number): string {
  return /^\d+(\.\d+)?$/.test(String(text)) ? `${text}Gi` : String(text);
}

/** "20gb", "20 GiB", "512mb" -> what was surely meant; undefined where that is not sure. */
export function suggestQuantity(text: string): string | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([kmgtpe])i?b?$/i.exec(text.trim()) ?? [];
  return digits === undefined || unit === undefined ? undefined : `${digits}${unit.toUpperCase()}i`;
}

const KIBIBYTE = 1024;

/** An amount of memory or disk that nobody can mean: `400m` is 0.4 bytes, `512` are bytes, too. None at all is no mistake of this kind. */
export function isTooFewBytes(text: string | number): boolean {
  const value = parseQuantity(text);
  return value !== undefined && value > 0 && value < KIBIBYTE;
}

/** "400m" -> "400Mi": people mean megabytes. */
export function suggestBytes(text: string | number): string | undefined {
  const [, digits] = /^(\d+(?:\.\d+)?)m?$/.exec(String(text).trim()) ?? [];
  return digits === undefined ? undefined : `${digits}Mi`;
}

export function equalQuantity(a: string | number, b: string | number): boolean {
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return left !== undefined && left === right;
}
