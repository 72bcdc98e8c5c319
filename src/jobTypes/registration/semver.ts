// Versions of job types: three numbers and their order. Pre-releases and build numbers of semantic versioning are not
// supported.

type Version = readonly [major: number, minor: number, patch: number];

/** A part that is no number counts as 0; shape.ts lets only numbers through. */
function parseVersion(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split(".").map((part) => Number(part) || 0);
  return [major, minor, patch];
}

export function majorOf(text: string): number {
  return parseVersion(text)[0];
}

/** Sorts the newest version first. */
export function byVersion(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
}
