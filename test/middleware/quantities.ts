// Reads quantities of Kubernetes for the stand-ins, without the code that is tested with them.

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The API server writes `90000` as `90k`. */
export function numberOf(quantity: unknown): number {
  const [, digits = "0", unit = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(String(quantity)) ?? [];
  return Number(digits) * (unit === "" ? 1 : (UNITS[unit] ?? Number.NaN));
}
