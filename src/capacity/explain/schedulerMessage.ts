// What the scheduler says of a pod that it cannot place, as data: `0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated
// taint {k: v}. preemption: 0/5 nodes are available: ...`. Reads every older and newer form, also Volcano's and HAMi's. Never adds the
// counts up: one node may give several reasons, and extenders tell of some nodes only. What it does not know keeps its words.
// Grammar: k8s.io/kubernetes pkg/scheduler/framework/types.go, FitError.Error().
import { TRANSIENT } from "../kubernetes/taints.ts";

export type SchedulingClass = "resource" | "taint" | "selector" | "volume" | "placement" | "devices" | "other";

/** capacity: others may give way · transient: the cluster's own trouble, passes · structural: stays until somebody changes something ·
 * unknown: never a reason to refuse */
export type Prospect = "capacity" | "transient" | "structural" | "unknown";

export interface SchedulingCause {
  readonly nodes: number;
  readonly class: SchedulingClass;
  readonly prospect: Prospect;
  /** The scheduler's words without the count. */
  readonly text: string;
  /** Of class resource: `cpu`, `nvidia.com/gpu`, `pods`. */
  readonly resource?: string;
}

export type Preemption = "notHelpful" | "noVictims" | "notAllowed" | "other";

export interface Scheduling {
  /** Nodes in all. */
  readonly total: number;
  readonly causes: readonly SchedulingCause[];
  /** What looking for pods to evict has brought. */
  readonly preemption?: Preemption;
}

interface Row {
  readonly words: RegExp;
  readonly class: SchedulingClass;
  readonly prospect: Prospect | ((text: string) => Prospect);
}

const TAINT_KEY = /taint\(?s?\)? \{([^:}\s]+)/;

/** A taint whose key is not told may be one that passes. */
function taintProspect(text: string): Prospect {
  const key = TAINT_KEY.exec(text)?.[1];
  if (key === undefined) return "unknown";
  return TRANSIENT.has(key) ? "transient" : "structural";
}

// First answer wins.
const ROWS: readonly Row[] = [
  { words: /^Insufficient |^Too many pods/, class: "resource", prospect: "capacity" },
  { words: /^node unregistered|^CardNotHealth|^CardCordoned/, class: "devices", prospect: "transient" },
  {
    words: /^(\d+\/\d+ )?(CardTypeMismatch|CardUuidMismatch|NumaNotFit|ModeNotFit)/,
    class: "devices",
    prospect: "structural",
  },
  {
    words: /^(\d+\/\d+ )?(Card|Exclusive|AllocatedCards|NodeInsufficientDevice|ResourceQuotaNotFit)/,
    class: "devices",
    prospect: "capacity",
  },
  { words: /cannot allocate all claims/, class: "devices", prospect: "unknown" },
  { words: /were unschedulable|unreachable|not-ready/, class: "taint", prospect: "transient" },
  { words: /taint/, class: "taint", prospect: taintProspect },
  { words: /volume node affinity conflict|no available volume zone/, class: "volume", prospect: "structural" },
  { words: /waiting for first consumer/, class: "volume", prospect: "transient" },
  { words: /volume|persistentvolumeclaim/i, class: "volume", prospect: "unknown" },
  {
    words: /topology spread|anti-affinity|pod affinity|affinity rules|free ports/,
    class: "placement",
    prospect: "capacity",
  },
  { words: /node affinity|selector|didn't match the requested node name/, class: "selector", prospect: "structural" },
];

const FORM = /^(?:still not schedulable, )?(?:[\w-]+: )?(\d+)\/(\d+) nodes are (?:un)?available(?::\s*([\s\S]*))?$/;

/** Undefined when the message is not of that form. */
export function parseScheduling(message: string): Scheduling | undefined {
  const match = FORM.exec(message.trim());
  if (match === null) return undefined;
  const [reasons, after] = cut(match[3] ?? "");
  const causes = split(reasons).map(causeOf);
  const preemption = after === undefined ? undefined : preemptionIn(after);
  return { total: Number(match[2]), causes, ...(preemption === undefined ? {} : { preemption }) };
}

/** What comes behind the reasons: the words of the plug-ins that were asked afterwards. */
function cut(text: string): readonly [string, string | undefined] {
  const at = /\.?\s*(?:still not schedulable, |no new claims to deallocate, )*preemption: |\.\s*no new claims/.exec(
    text,
  );
  if (at === null) return [text.replace(/\.\s*$/, ""), undefined];
  return [text.slice(0, at.index), text.slice(at.index)];
}

function preemptionIn(text: string): Preemption | undefined {
  const said = /preemption: ([\s\S]*)$/.exec(text)?.[1];
  if (said === undefined) return undefined;
  if (/preemptionPolicy=Never/i.test(said)) return "notAllowed";
  if (/No preemption victims found/.test(said)) return "noVictims";
  return /Preemption is not helpful/.test(said) ? "notHelpful" : "other";
}

/** At commas that begin a new count: taints hold commas and braces of their own, HAMi's reasons hold `1/2`. */
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
  const row = ROWS.find((one) => one.words.test(text));
  const prospect = typeof row?.prospect === "function" ? row.prospect(text) : (row?.prospect ?? "unknown");
  const resource =
    /^Insufficient (\S+?)\.?$/.exec(text)?.[1] ?? (text.startsWith("Too many pods") ? "pods" : undefined);
  return { nodes, class: row?.class ?? "other", prospect, text, ...(resource === undefined ? {} : { resource }) };
}

/** The best that any of the reasons leaves to hope for. Nothing known leaves it unknown: never a refusal. */
export function prospectOf({ causes }: Scheduling): Prospect {
  const order: readonly Prospect[] = ["capacity", "transient", "unknown", "structural"];
  return order.find((one) => causes.some((cause) => cause.prospect === one)) ?? "unknown";
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
