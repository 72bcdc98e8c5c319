// Plays another user of the cluster: changes objects of some applications with kubectl, and changes others in ways that
// are not drift.
import type { BenchCluster } from "./cluster.ts";
import type { Drifted } from "./driftPass.ts";
import type { Application } from "./fleet.ts";

interface Change {
  readonly object: (name: string) => string;
  /** What a drift pass must report; `null` when the change is not drift. */
  readonly told: "different" | "missing" | null;
  readonly words: (name: string) => readonly string[];
}

const patch = (kind: string, suffix: string, change: object) => (name: string) => [
  "patch",
  kind,
  `${name}-${suffix}`,
  "--type=merge",
  `--patch=${JSON.stringify(change)}`,
];

const CHANGES: readonly Change[] = [
  {
    object: (name) => `Deployment/${name}-web`,
    told: "different",
    words: patch("deployment", "web", { spec: { replicas: 2 } }),
  },
  {
    object: (name) => `ConfigMap/${name}-settings`,
    told: "different",
    words: patch("configmap", "settings", { data: { level: "debug" } }),
  },
  {
    object: (name) => `Secret/${name}-keys`,
    told: "different",
    words: patch("secret", "keys", { data: { password: "dGhlaXJz" } }),
  },
  { object: (name) => `Service/${name}-web`, told: "missing", words: (name) => ["delete", "service", `${name}-web`] },
  {
    object: (name) => `ConfigMap/${name}-settings`,
    told: "missing",
    words: (name) => ["delete", "configmap", `${name}-settings`],
  },
  // Not drift: fields that other tools add, a deleted pod (its controller replaces it), and a field that is set to the
  // same value again.
  {
    object: () => "",
    told: null,
    words: patch("deployment", "web", { metadata: { annotations: { theirs: "1" } } }),
  },
  { object: () => "", told: null, words: patch("configmap", "settings", { data: { beside: "theirs" } }) },
  {
    object: () => "",
    told: null,
    words: (name) => ["delete", "pods", "--wait=false", `--selector=kubemin.dev/application=${name}`],
  },
  { object: () => "", told: null, words: patch("configmap", "settings", { data: { level: "info" } }) },
];

/** One of this number of applications is changed. */
const EVERY = 50;

/** Changes the applications; returns the drift that a pass must find afterwards. */
export async function meddle(cluster: BenchCluster, fleet: readonly Application[]): Promise<Drifted> {
  const expected = new Map<string, string>();
  for (const application of fleet.filter(({ index }) => index % EVERY === EVERY - 1)) {
    const change = CHANGES[Math.floor(application.index / EVERY) % CHANGES.length];
    if (change === undefined) continue;
    const { name, namespace } = application;
    await cluster.kubectl(["--namespace", namespace, ...change.words(name)]);
    if (change.told !== null) expected.set(name, `${change.object(name)} ${change.told}`);
  }
  return expected;
}
