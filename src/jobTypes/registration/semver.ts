// Versions of job types: three numbers. Nothing of semantic versioning beside their order and what a major version means.

type Version = readonly [major: number, minor: number, patch: number];

/** The shape of a registration lets nothing else through: what is no number counts as 0. */
function parseVersion(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split(".").map((part) => Number(part) || 0);
  return [major, minor, patch];
}

export function majorOf(text: string): number {
  return parseVersion(text)[0];
}

/** Newest first. */
export function byVersion(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
}
