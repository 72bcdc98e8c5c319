// Calls addresses that users gave. The rules are in allowedTarget.ts; this file puts the steps in order: check the URL,
// resolve the host once, check its addresses, sign, exchange, verify. It rejects only with OutgoingRefused.
import { lookup } from "node:dns/promises";
import type { Clock } from "../ports/clock.ts";
import { validateHeaderName, validateHeaderValue } from "../ports/nodeHttp.ts";
import {
  type Outgoing,
  type OutgoingAnswer,
  type OutgoingLimits,
  OutgoingRefused,
  type OutgoingRequest,
} from "../ports/outgoing.ts";
import { admitHost, type CallTarget, checkName, plainHost, type Resolve, targetOf } from "./allowedTarget.ts";
import { type AllowList, parseAllowList } from "./allowList.ts";
import { decode } from "./decode.ts";
import { exchange } from "./send.ts";
import { SIGNATURE_HEADERS, signedHeaders, verifySignature } from "./signature.ts";

export interface OutgoingOptions {
  /**
   * Networks, addresses and host names that may be called although they lie in a forbidden range, and without
   * encryption.
   */
  readonly allow: readonly string[];
  readonly clock: Pick<Clock, "now">;
  readonly resolve?: Resolve;
  readonly limits?: Partial<OutgoingLimits>;
}

const LIMITS: OutgoingLimits = { connect: 3_000, total: 30_000, answerBytes: 1_000_000 };

/** Throws an Error when an entry of `allow` is neither a network, nor an address, nor a host name. */
export function createOutgoing(options: OutgoingOptions): Outgoing {
  const allowed = parseAllowList(options.allow);
  const resolve = options.resolve ?? resolveBySystem;
  const limits = { ...LIMITS, ...options.limits };
  const { clock } = options;
  return {
    request: (request) => call(request, { allowed, resolve, limits: { ...limits, ...request.limits }, clock }),
    check: (url) => {
      const { url: parsed, host } = targetOf(url, allowed);
      // With an allow list, the name is only refused once it is resolved: its address may be in the list.
      if (parsed.protocol === "http:" && options.allow.length === 0) throw new OutgoingRefused("Unencrypted", { host });
    },
    admit: async (host, { encrypted }) => {
      const name = plainHost(host);
      checkName(name, allowed);
      return await within(limits.connect, name, admitHost(name, { allowed, resolve, encrypted }));
    },
    verify: (message, secret) => verifySignature(message, secret, clock.now()),
  };
}

/** IPv4 comes first: in clusters without an IPv6 route, the resolver still answers with IPv6 addresses. */
const resolveBySystem: Resolve = async (host) =>
  (await lookup(host, { all: true, order: "ipv4first" })).map(({ address }) => address);

interface Means {
  readonly allowed: AllowList;
  readonly resolve: Resolve;
  readonly limits: OutgoingLimits;
  readonly clock: Pick<Clock, "now">;
}

async function call(request: OutgoingRequest, means: Means): Promise<OutgoingAnswer> {
  const target = targetOf(request.url, means.allowed);
  const { host } = target;
  if (request.signal.aborted) throw new OutgoingRefused("Aborted", { host });
  const ending = new AbortController();
  const giveUp = (): void => ending.abort();
  request.signal.addEventListener("abort", giveUp, { once: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    ending.abort();
  }, means.limits.total);
  try {
    return await exchangeWith(target, request, { ...means, signal: ending.signal });
  } catch (error) {
    if (late) throw new OutgoingRefused("AnswerTimeout", { host, seconds: means.limits.total / 1_000 });
    throw error;
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener("abort", giveUp);
  }
}

async function exchangeWith(
  target: CallTarget,
  { method, body, headers = {}, sign, tooLarge }: OutgoingRequest,
  { allowed, resolve, limits, clock, signal }: Means & { readonly signal: AbortSignal },
): Promise<OutgoingAnswer> {
  const { host, url } = target;
  const begun = performance.now();
  const encrypted = url.protocol === "https:";
  const address = await within(limits.connect, host, admitHost(host, { allowed, resolve, encrypted }));
  if (signal.aborted) throw new OutgoingRefused("Aborted", { host });
  const signed = sign === undefined ? {} : signedHeaders(sign, body ?? "", clock.now());
  const { bytes, ...answer } = await exchange({
    target,
    address,
    method,
    headers: { ...sendable(headers), ...signed },
    body,
    limits,
    tooLarge: sign === undefined ? tooLarge : undefined,
    signal,
    connect: Math.max(1, limits.connect - (performance.now() - begun)),
  });
  if (sign?.answer === "required")
    verifySignature({ host, headers: answer.headers, body: bytes }, sign.secret, clock.now());
  return { ...answer, ...decode(bytes, answer.headers["content-type"]) };
}

const OURS: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "expect",
  "te",
  "trailer",
  "keep-alive",
  "proxy-authorization",
  ...Object.values(SIGNATURE_HEADERS),
]);

/**
 * Lower-cases the names of the headers. A header that may not be set is refused, because a silently dropped one is hard
 * to find.
 */
function sendable(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => {
    const lower = name.toLowerCase();
    try {
      validateHeaderName(lower);
      validateHeaderValue(lower, value);
    } catch {
      throw new OutgoingRefused("BadHeader", { header: name.slice(0, 100) });
    }
    if (OURS.has(lower)) throw new OutgoingRefused("BadHeader", { header: lower });
    return [lower, value];
  });
  return Object.fromEntries(entries);
}

/**
 * Rejects with ConnectTimeout when the work takes too long, so that a resolver that hangs counts as an unreachable
 * host.
 */
async function within<T>(milliseconds: number, host: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new OutgoingRefused("ConnectTimeout", { host, seconds: milliseconds / 1_000 })),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
