// Why an image could not be pulled, found in the message of the container runtime.
import { type Reason, type ReasonCode, reason } from "../../../model/reasons/reason.ts";

interface ImageRule {
  readonly words: RegExp;
  readonly code: ReasonCode;
  /** Milliseconds that the failure may last before it becomes final. */
  readonly after: number;
}

const MINUTE = 60_000;
// The first match wins. Docker Hub answers "pull access denied, repository does not exist or may require authorization"
// for a missing and for a private repository, so the rule for "does not exist" comes before the rule for "denied".
const RULES: readonly ImageRule[] = [
  { words: /invalid reference format|couldn't parse image|InvalidImageName/i, code: "ImageInvalidName", after: 0 },
  { words: /no match for platform|exec format|no matching manifest/i, code: "ImageWrongArchitecture", after: 0 },
  { words: /toomanyrequests|too many requests|\b429\b/i, code: "ImageRegistryUnreachable", after: 10 * MINUTE },
  {
    words: /unauthorized|authentication required|no basic auth|\b401\b|\b403\b|forbidden/i,
    code: "ImageUnauthorized",
    after: 30_000,
  },
  { words: /not found|manifest unknown|name unknown|does not exist|\b404\b/i, code: "ImageNotFound", after: 5_000 },
  { words: /access denied|\bdenied\b|insufficient_scope/i, code: "ImageUnauthorized", after: 30_000 },
  // Waiting rarely helps against a host or network that does not exist: usually the name of the registry is wrong.
  {
    words: /no such host|network is unreachable|no route to host|x509/i,
    code: "ImageRegistryUnreachable",
    after: 20_000,
  },
  {
    words:
      /timeout|timed out|connection refused|connection reset|server misbehaving|temporary failure|deadline exceeded|\bEOF\b|\b50[0-9]\b/i,
    code: "ImageRegistryUnreachable",
    after: 2 * MINUTE,
  },
];

interface ImageFailure {
  readonly reason: Reason;
  readonly after: number;
}

/**
 * `message` is the container's waiting message, with the pod's event added when the waiting message does not contain
 * the cause.
 */
export function imageFailure(image: string, message: string): ImageFailure {
  const rule = RULES.find((one) => one.words.test(message));
  if (rule === undefined)
    return { reason: reason("ImagePullFailed", { image, detail: shorten(message) }), after: 2 * MINUTE };
  const detail = rule.code === "ImageRegistryUnreachable" ? { detail: shorten(message) } : {};
  return { reason: reason(rule.code, { image, ...detail }), after: rule.after };
}

/**
 * The last part of a runtime's message, which repeats itself: `Back-off pulling image "x": ErrImagePull: failed to pull
 * and unpack image "x": failed to resolve ...`.
 */
function shorten(message: string): string {
  const cause = message.replace(/^.*?(ErrImagePull: |Failed to pull image "[^"]*": )/s, "").trim();
  return cause.length > 300 ? `${cause.slice(0, 300)}…` : cause;
}
