// The scheduler's message as data: `0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint {k: v}. preemption: ...`.
// Grammar: k8s.io/kubernetes pkg/scheduler/framework/types.go, FitError.Error().

export type SchedulingClass = "resource" | "taint" | "selector" | "volume" | "placement" | "other";

export interface SchedulingCause {
  readonly nodes: number;
  readonly class: SchedulingClass;
  /** The scheduler's words without the count. */
  readonly text: string;
  /** Of class resource: `cpu`, `nvidia.com/gpu`, `pods`. */
  readonly resource?: string;
}

export interface Scheduling {
  readonly total: number;
  readonly causes: readonly SchedulingCause[];
}

const CLASSES: readonly { readonly words: RegExp; readonly class: SchedulingClass }[] = [
  { words: /^Insufficient |^Too many pods/, class: "resource" },
  { words: /taint|were unschedulable|unreachable|not-ready/, class: "taint" },
  { words: /volume|persistentvolumeclaim/i, class: "volume" },
  { words: /topology spread|anti-affinity|pod affinity|free ports/, class: "placement" },
  { words: /node affinity|selector|node\(s\) didn't match the requested node name/, class: "selector" },
];

/** Undefined when the message is not of that form. */
export function parseScheduling(message: string): Scheduling | undefined {
  const match = /^(\d+)\/(\d+) nodes are available(?::\s*([\s\S]*))?/.exec(message);
  if (match === null) return undefined;
  const reasons = (match[3] ?? "")
    .replace(/\.?\s*preemption: [\s\S]*$/, "")
    .replace(/\.\s*(no new claims[\s\S]*)?$/, "");
  return { total: Number(match[2]), causes: split(reasons).map(causeOf) };
}

/** At commas that begin a new count: taints and selectors contain commas of their own, inside braces. */
function split(reasons: string): readonly string[] {
  return reasons
    .split(/,\s+(?=\d+ )/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

function causeOf(part: string): SchedulingCause {
  const counted = /^(\d+) (.*)$/s.exec(part);
  const nodes = Number(counted?.[1] ?? 0);
  const text = counted?.[2] ?? part;
  const found = CLASSES.find((one) => one.words.test(text))?.class ?? "other";
  const resource =
    /^Insufficient (\S+?)\.?$/.exec(text)?.[1] ?? (text.startsWith("Too many pods") ? "pods" : undefined);
  return { nodes, class: found, text, ...(resource === undefined ? {} : { resource }) };
}

/** "2 of 5 nodes: insufficient cpu; 3 of 5 nodes: untolerated taint {k: v}", or the message itself when it is of another form. */
export function explainScheduling(message: string): string {
  const parsed = parseScheduling(message);
  if (parsed === undefined) return message;
  if (parsed.total === 0) return "the cluster has no nodes";
  if (parsed.causes.length === 0) return message;
  const words = (cause: SchedulingCause): string =>
    cause.text
      .replace(/^node\(s\) (had )?/, "")
      .replace(/^I(?=nsufficient)/, "i")
      .replace(/^T(?=oo many)/, "t");
  return parsed.causes
    .map((cause) => (cause.nodes === 0 ? words(cause) : `${cause.nodes} of ${parsed.total} nodes: ${words(cause)}`))
    .join("; ");
}
