// Why an image could not be pulled, read from the container runtime's own words.
import { type Reason, type ReasonCode, reason } from "../../../model/reasons/reason.ts";

interface ImageRule {
  readonly words: RegExp;
  readonly code: ReasonCode;
  /** Milliseconds that it may last before we give up. */
  readonly after: number;
}

const MINUTE = 60_000;
// First match wins. Docker Hub answers "pull access denied, repository does not exist or may require authorization" for both a missing
// and a private repository: the words about authorization are asked for first only where nothing says that it is missing.
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
  // A name or a network that is not there seldom appears while one waits: mostly the registry's name is wrong.
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

/** `message`: the container's waiting message, with the pod's own events when the message says nothing. */
export function imageFailure(image: string, message: string): ImageFailure {
  const rule = RULES.find((one) => one.words.test(message));
  if (rule === undefined)
    return { reason: reason("ImagePullFailed", { image, detail: shorten(message) }), after: 2 * MINUTE };
  const detail = rule.code === "ImageRegistryUnreachable" ? { detail: shorten(message) } : {};
  return { reason: reason(rule.code, { image, ...detail }), after: rule.after };
}

/** Runtimes repeat themselves: `Back-off pulling image "x": ErrImagePull: failed to pull and unpack image "x": failed to resolve ...`. */
function shorten(message: string): string {
  const cause = message.replace(/^.*?(ErrImagePull: |Failed to pull image "[^"]*": )/s, "").trim();
  return cause.length > 300 ? `${cause.slice(0, 300)}…` : cause;
}
