// Ranges of versions in the notation of npm, as far as it is common: 1.2.3, 1.2, ^0.1, ~0.1.2, >=0.1, joined by spaces
// (and) or || (or). Hyphen ranges and the precedence of pre-releases are not supported.

type Version = readonly [number, number, number];

/** Whether the version lies in the range; `undefined` when the text is not a range. */
export function satisfies(version: string, range: string): boolean | undefined {
  const actual = parse(version)?.version;
  const choices = range.split("||").map((part) => part.trim().split(/\s+/).map(comparator));
  if (actual === undefined || choices.some((choice) => choice.includes(undefined))) return undefined;
  return choices.some((choice) => choice.every((holds) => holds?.(actual) === true));
}

function parse(text: string): { readonly version: Version; readonly given: number } | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(text.replaceAll(/\.[x*]/g, ""));
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  const given = [major, minor, patch].filter((part) => part !== undefined).length;
  return { version: [Number(major), Number(minor ?? 0), Number(patch ?? 0)], given };
}

type Comparator = (actual: Version) => boolean;

function comparator(text: string): Comparator | undefined {
  if (text === "*") return () => true;
  const [, sign = "", rest = ""] = /^(\^|~|>=|<=|>|<|=)?(.+)$/.exec(text) ?? [];
  const parsed = parse(rest);
  if (parsed === undefined) return undefined;
  const { version, given } = parsed;
  const limits = SIGNS[sign];
  if (limits !== undefined) return limits(version);
  const end = ceiling(version, sign, given);
  return (actual) => compare(actual, version) >= 0 && compare(actual, end) < 0;
}

const SIGNS: Readonly<Record<string, (version: Version) => Comparator>> = {
  ">=": (version) => (actual) => compare(actual, version) >= 0,
  "<=": (version) => (actual) => compare(actual, version) <= 0,
  ">": (version) => (actual) => compare(actual, version) > 0,
  "<": (version) => (actual) => compare(actual, version) < 0,
};

/** The lowest version above the range. */
function ceiling([major, minor, patch]: Version, sign: string, given: number): Version {
  if (sign === "^" && (major > 0 || given === 1)) return [major + 1, 0, 0];
  if (sign === "^" && (minor > 0 || given === 2)) return [0, minor + 1, 0];
  if (sign === "^") return [0, 0, patch + 1];
  if (given === 1) return [major + 1, 0, 0];
  return sign === "~" || given === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

function compare(a: Version, b: Version): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
