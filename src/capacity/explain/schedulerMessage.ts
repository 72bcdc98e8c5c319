// Parses the scheduler's message about a pod that it cannot place: `0/5 nodes are available: 2 Insufficient cpu, 3
// node(s) had untolerated
// taint {k: v}. preemption: 0/5 nodes are available: ...`. It reads old and new forms of the message, also those of
// Volcano and HAMi.
// The counts are not added up: one node may have several reasons, and scheduler extenders report only some nodes. A
// reason that is not known keeps its words.
// Grammar: k8s.io/kubernetes pkg/scheduler/framework/types.go, FitError.Error().
import { TRANSIENT } from "../kubernetes/taints.ts";

type SchedulingClass = "resource" | "taint" | "selector" | "volume" | "placement" | "devices" | "other";

/**
 * capacity: room may become free · transient: the cluster recovers by itself · structural: remains until a person
 * changes something · unknown: never a reason to refuse
 */
export type Prospect = "capacity" | "transient" | "structural" | "unknown";

interface SchedulingCause {
  readonly nodes: number;
  readonly class: SchedulingClass;
  readonly prospect: Prospect;
  /** The scheduler's words without the count. */
  readonly text: string;
  /** Only for class `resource`: `cpu`, `nvidia.com/gpu`, `pods`. */
  readonly resource?: string;
}

export type Preemption = "notHelpful" | "noVictims" | "notAllowed" | "other";

interface Scheduling {
  /** The number of all nodes. */
  readonly total: number;
  readonly causes: readonly SchedulingCause[];
  /** The result of the search for pods that could be evicted. */
  readonly preemption?: Preemption;
}

interface Row {
  readonly words: RegExp;
  readonly class: SchedulingClass;
  readonly prospect: Prospect | ((text: string) => Prospect);
}

const TAINT_KEY = /taint\(?s?\)? \{([^:}\s]+)/;

/** A taint whose key is not in the message may be a transient one. */
function taintProspect(text: string): Prospect {
  const key = TAINT_KEY.exec(text)?.[1];
  if (key === undefined) return "unknown";
  return TRANSIENT.has(key) ? "transient" : "structural";
}

// The first row that matches decides.
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

/** `undefined` when the message does not have this form. */
export function parseScheduling(message: string): Scheduling | undefined {
  const match = FORM.exec(message.trim());
  if (match === null) return undefined;
  const [reasons, after] = cut(match[3] ?? "");
  const causes = split(reasons).map(causeOf);
  const preemption = after === undefined ? undefined : preemptionIn(after);
  return { total: Number(match[2]), causes, ...(preemption === undefined ? {} : { preemption }) };
}

/** Splits the reasons from the words of the plug-ins that run afterwards, such as preemption. */
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

/** Splits at commas that begin a new count: taints contain commas and braces, and HAMi's reasons contain `1/2`. */
function split(reasons: string): readonly string[] {
  return reasons
    .split(/,\s+(?=\d+ )/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

function causeOf(part: string): SchedulingCause {
  const counted = /^(\d+) (.*)$/s.exec(part);
  const nodes = Number(counted?.[1] ?? 0);
  const text = (counted?.[2] ?? part).replace(/\.+$/, "");
  const row = ROWS.find((one) => one.words.test(text));
  const prospect = typeof row?.prospect === "function" ? row.prospect(text) : (row?.prospect ?? "unknown");
  const resource = /^Insufficient (\S+)$/.exec(text)?.[1] ?? (text.startsWith("Too many pods") ? "pods" : undefined);
  return { nodes, class: row?.class ?? "other", prospect, text, ...(resource === undefined ? {} : { resource }) };
}

/**
 * "2 of 5 nodes: insufficient cpu; 3 of 5 nodes: untolerated taint {k: v}", or the message itself when it has another
 * form.
 */
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
