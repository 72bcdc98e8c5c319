// The only way by which the server calls an address that a user named: webhooks, workers, http steps, brokers. Refuses whatever the
// operator did not allow; follows no redirect; keeps no connection, no cookie and no credential of its own.

import type { Params } from "../model/data/text.ts";
import { explainOutgoingRefusal, type OutgoingRefusalCode } from "../model/reasons/outgoingRefusal.ts";

export interface OutgoingLimits {
  /** Milliseconds until the connection stands, resolving and TLS included. */
  readonly connect: number;
  /** Milliseconds until the answer is complete. */
  readonly total: number;
  /** Of the answer's body. */
  readonly answerBytes: number;
}

interface Signing {
  /** Tells the receiver which secret it was; travels in clear. */
  readonly keyId: string;
  readonly secret: string;
  /** The answer must be signed with the same secret, or it is refused. */
  readonly answer?: "required";
}

export interface OutgoingRequest {
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: string;
  /** Not host, connection, content-length and the like: those follow from the rest. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly sign?: Signing;
  /** What is left out is the default: 3 s, 30 s, 1 MB. */
  readonly limits?: Partial<OutgoingLimits>;
  /** Of an answer that is too large: its beginning is brought back, with its status. Missing: it is refused. Not for answers that must be signed. */
  readonly tooLarge?: "cut";
}

export interface OutgoingAnswer {
  /** A redirect (3xx) too: it is told, never followed. */
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body is no text in this character set, the one that it names: `body` is then only good for being looked at. */
  readonly garbled?: string;
  /** The body was larger than the limit, and this is its beginning. */
  readonly cut?: true;
}

/** What was signed, as it came in: `headers` with names in small letters. */
export interface SignedMessage {
  /** Who is said to have sent it: for the sentence of a refusal only. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Bytes where they came in: a text may have lost some of them. */
  readonly body: string | Buffer;
}

export interface Outgoing {
  /** Rejects with OutgoingRefused, and with nothing else. */
  request(request: OutgoingRequest): Promise<OutgoingAnswer>;
  /** What can be said of a URL without asking the network. Throws OutgoingRefused. */
  check(url: string): void;
  /** For other protocols than HTTP: resolves the host and answers the one address to connect to. Rejects with OutgoingRefused. */
  admit(host: string, how: { readonly encrypted: boolean }): Promise<string>;
  /** Throws OutgoingRefused when a message was not signed with that secret, or not within five minutes of now. */
  verify(message: SignedMessage, secret: string): void;
}

export class OutgoingRefused extends Error {
  readonly code: OutgoingRefusalCode;
  readonly params: Params;

  constructor(code: OutgoingRefusalCode, params: Params = {}) {
    super(explainOutgoingRefusal(code, params, "en"));
    this.name = "OutgoingRefused";
    this.code = code;
    this.params = params;
  }
}
