// Names that Kubernetes accepts. Sources: RFC 1123 (labels, subdomains), RFC 1035 (Service names),
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/

/**
 * RFC 1035 label: the form of the name of a Service. Components become Services, so all of them follow this strictest
 * rule.
 */
export const DNS_LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
export const DNS_SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** Form of the keys of ConfigMaps and Secrets. */
export const DATA_KEY = /^[-._a-zA-Z0-9]{1,253}$/;
/** Names of environment variables, as Kubernetes accepts them. A shell cannot read those with "-" or "." by name. */
export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * Longest name of a component. It becomes part of pod names (`name-<10 hash>-<5>`) and of label values, at most 63
 * characters.
 */
export const COMPONENT_NAME_MAX = 40;

export function isComponentName(name: string): boolean {
  return name.length <= COMPONENT_NAME_MAX && DNS_LABEL.test(name);
}

/** A valid name that is close to the given text, for hints. Undefined when no character of it is valid. */
export function suggestName(name: string): string | undefined {
  const cleaned = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, COMPONENT_NAME_MAX)
    .replace(/-+$/, "");
  return cleaned === "" ? undefined : cleaned;
}

/** The candidate with the smallest edit distance, if it is near enough to be meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length] ?? limit;
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const LABEL_KEY =
  /^(?:(?=.{1,253}\/)[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
export const LABEL_VALUE = /^$|^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * The form of a name outside of the program (columns, answers of the API, events of sinks, labels): "" for the
 * application of a run without one and for the component of a job without one. Inside the program they are `null`.
 */
export function writtenName(name: string | null): string {
  return name ?? "";
}

/** The reverse of `writtenName`: `null` for "". */
export function readName(text: string): string | null {
  return text === "" ? null : text;
}
