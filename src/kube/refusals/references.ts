// Finds the missing object (Secret, ConfigMap, PersistentVolumeClaim, ServiceAccount or class) that a pod waits for, in
// the messages of the kubelet and the API server.

const PATTERNS: readonly { readonly words: RegExp; readonly say: (match: RegExpMatchArray) => string }[] = [
  // `couldn't find key url in Secret ns/db-pass`, `couldn't find key url in ConfigMap ns/cfg`
  {
    words: /couldn't find key (\S+) in (Secret|ConfigMap) (?:[^/\s]+\/)?(\S+)/i,
    say: (m) => `${kind(m[2])} ${clean(m[3])} has no key ${m[1] ?? ""}`,
  },
  // `references non-existent secret key: url` (volumes with items)
  {
    words: /references non-existent (secret|config) key: (\S+)/i,
    say: (m) => `the ${kind(m[1])} has no key ${clean(m[2])}`,
  },
  {
    words: /(secret|configmap|persistentvolumeclaim) "([^"]+)" not found/i,
    say: (m) => `${kind(m[1])} ${last(m[2])} does not exist`,
  },
  { words: /no (PriorityClass) with name (\S+) was found/, say: (m) => `PriorityClass ${m[2] ?? ""} does not exist` },
  { words: /(RuntimeClass) "([^"]+)" not found/, say: (m) => `RuntimeClass ${m[2] ?? ""} does not exist` },
  { words: /(serviceaccount) "([^"]+)" not found/i, say: (m) => `ServiceAccount ${last(m[2])} does not exist` },
];

const KINDS: Readonly<Record<string, string>> = {
  secret: "Secret",
  configmap: "ConfigMap",
  config: "ConfigMap",
  persistentvolumeclaim: "PersistentVolumeClaim",
};

function kind(word: string | undefined): string {
  return KINDS[(word ?? "").toLowerCase()] ?? word ?? "";
}

/** The name from `ns/name` or `name`. */
function last(name: string | undefined): string {
  return (name ?? "").split("/").at(-1) ?? "";
}

function clean(word: string | undefined): string {
  return (word ?? "").replace(/[.,;:]+$/, "");
}

/** "Secret db-pass does not exist", or undefined when the message is about something else. */
export function missingReference(message: string): string | undefined {
  for (const { words, say } of PATTERNS) {
    const match = words.exec(message);
    if (match !== null) return say(match);
  }
  return undefined;
}
