// Replaces the random parts of a recording: generated names, uids, addresses and dates. Everything that a verdict reads
// stays as the cluster wrote it.
import { isObject, type Json } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { NAMESPACE, NOW, type Recorded } from "./scene.ts";

export interface Raw extends Recorded {
  readonly namespace: string;
  /** Milliseconds since the epoch at which the state was read. */
  readonly at: number;
}

const DROPPED: ReadonlySet<string> = new Set(["managedFields", "resourceVersion", "selfLink"]);
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function plain({ namespace, at, ...recorded }: Raw): Recorded {
  const sorted = { ...recorded, objects: inOrder(recorded.objects), events: inOrder(recorded.events) };
  const text = replaced(JSON.stringify(cleaned(sorted, at)), [[namespace, NAMESPACE], ...namesIn(sorted)]);
  return JSON.parse(text) as Recorded; // the same shape as before; only texts were replaced
}

/** Without the dropped fields, and with times moved so that the recording was read at NOW. */
function cleaned(value: unknown, at: number): Json {
  if (Array.isArray(value)) return value.map((one) => cleaned(one, at));
  if (isObject(value)) {
    const kept = Object.entries(value).filter(([key]) => !DROPPED.has(key) && key !== LAST_APPLIED);
    return Object.fromEntries(kept.map(([key, one]) => [key, cleaned(one, at)]));
  }
  if (typeof value === "string" && TIME.test(value))
    return new Date(NOW + Math.round((Date.parse(value) - at) / 1000) * 1000).toISOString().replace(".000Z", "Z");
  return value as Json; // the remaining JSON values: strings, numbers, booleans, null
}

function inOrder(objects: readonly Manifest[]): readonly Manifest[] {
  const key = (one: Manifest): string =>
    `${one.kind} ${String(one.metadata["creationTimestamp"])} ${one.metadata.name}`;
  return [...objects].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Generated names, each with the fixed name that replaces it. */
function namesIn({ subject, objects, events, others }: Recorded): readonly (readonly [string, string])[] {
  const all = [subject, ...objects, ...events, ...Object.values(others).filter((one) => one !== null)];
  const found = JSON.stringify(all);
  const numbered = (pattern: RegExp, name: (index: number) => string): readonly (readonly [string, string])[] =>
    [...new Set([...found.matchAll(pattern)].map((match) => match[1] ?? match[0]))].map((one, index) => [
      one,
      name(index + 1),
    ]);
  // Suffixes of created objects, and of pods that were refused and therefore appear only in messages.
  const refused = [...found.matchAll(/pods \\?"[a-z0-9-]+-([a-z0-9]{5})\\?" is forbidden/g)].map(
    (match) => match[1] ?? "",
  );
  const made = [...new Set([...all.flatMap(suffixOf), ...refused])];
  return [
    ...numbered(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, (index) => `uid-${index}`),
    ...numbered(/"pod-template-hash":"([a-z0-9]{8,})"/g, (index) => `template${index}`),
    ...numbered(/"controller-revision-hash":"(?:[a-z-]+-)?([a-z0-9]{8,})"/g, (index) => `revision${index}`),
    ...numbered(/"(?:current|update)Revision":"[a-z-]+-([a-z0-9]{8,})"/g, (index) => `revision-${index}`),
    ...made.map((one, index) => [one, `made${index + 1}`] as const),
    ...numbered(/(?:containerd:\/\/|"imageID":"[^"]*@?sha256:)([0-9a-f]{64})/g, (index) => `id-${index}`),
    ...numbered(/"(?:podIP|ip|hostIP|clusterIP)":"(\d+\.\d+\.\d+\.\d+)"/g, (index) => `192.0.2.${index}`),
    ...numbered(/"nodeName":"([^"]+)"/g, (index) => `node-${index}`),
    ...numbered(/"name":"[^"]*\.([0-9a-f]{16})"/g, (index) => `event${index}`),
    ...numbered(/kube-api-access-([a-z0-9]{5})\b/g, (index) => `token${index}`),
  ];
}

function suffixOf({ metadata }: Manifest): readonly string[] {
  const start = metadata["generateName"];
  if (typeof start !== "string" || !metadata.name.startsWith(start)) return [];
  const suffix = metadata.name.slice(start.length);
  // Pods of a StatefulSet end in a number, so they have no random suffix.
  return suffix.length === 5 ? [suffix] : [];
}

/** Longest names first, so that a shorter name inside a longer one is not replaced. */
function replaced(text: string, pairs: readonly (readonly [string, string])[]): string {
  return [...new Map(pairs)]
    .sort(([a], [b]) => b.length - a.length)
    .reduce((words, [from, to]) => words.replaceAll(from, to), text);
}
