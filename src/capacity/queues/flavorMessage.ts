// Reads Kueue's message about the flavors that it tried for a Workload:
// `couldn't assign flavors to pod set main: insufficient unused quota for nvidia.com/gpu in flavor a100, 2 more needed,
// flavor a10 doesn't match node affinity`. It does not decide: one message may leave out flavors that Kueue tried before.
// Grammar: sigs.k8s.io/kueue pkg/scheduler/flavorassigner/flavorassigner.go.

interface TooSmall {
  readonly kind: "tooSmall";
  readonly flavor: string;
  readonly resource: string;
  readonly asked: string;
  readonly maximum: string;
}

interface Busy {
  readonly kind: "busy";
  readonly flavor: string;
  readonly resource: string;
  readonly missing: string;
}

/** The flavor is for other pods: of other nodes, or with a taint that the pod does not tolerate. */
interface Unsuitable {
  readonly kind: "unsuitable";
  readonly flavor: string;
  readonly words: string;
}

type FlavorFinding = TooSmall | Busy | Unsuitable;

interface FlavorMessage {
  readonly findings: readonly FlavorFinding[];
  /** Resources that the queue does not have at all. */
  readonly unavailable: readonly string[];
}

const UNAVAILABLE = /resource (\S+) unavailable in ClusterQueue/g;
const TOO_SMALL = /insufficient quota for (\S+) in flavor (\S+), ([^>]*?)> maximum capacity \(([^)]*)\)/g;
const BUSY = /insufficient unused quota for (\S+) in flavor (\S+), (\S+) more needed/g;
const UNTOLERATED = /untolerated taint \{(.*?)\} in flavor ([^\s,;]+)/g;
const MISMATCH = /flavor (\S+) doesn't match node affinity/g;

export function readFlavorMessage(message: string): FlavorMessage {
  const each = (pattern: RegExp): readonly (readonly string[])[] =>
    [...message.matchAll(pattern)].map((match) => match.map((group) => group ?? ""));
  return {
    unavailable: each(UNAVAILABLE).map(([, resource = ""]) => resource),
    findings: [
      ...each(TOO_SMALL).map(([, resource = "", flavor = "", asked = "", maximum = ""]) => ({
        kind: "tooSmall" as const,
        flavor,
        resource,
        maximum,
        asked: askedIn(asked),
      })),
      ...each(BUSY).map(([, resource = "", flavor = "", missing = ""]) => ({
        kind: "busy" as const,
        flavor,
        resource,
        missing,
      })),
      ...each(UNTOLERATED).map(([words = "", , flavor = ""]) => ({ kind: "unsuitable" as const, flavor, words })),
      ...each(MISMATCH).map(([words = "", flavor = ""]) => ({ kind: "unsuitable" as const, flavor, words })),
    ],
  };
}

/** `previously considered podsets requests (8) + current podset request (16) `: the parts that are not zero. */
function askedIn(text: string): string {
  const amounts = [...text.matchAll(/\(([^)]*)\)/g)].map(([, amount = ""]) => amount).filter((one) => one !== "0");
  return amounts.join(" + ");
}
