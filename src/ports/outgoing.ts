// The interface for all calls to addresses that users named: webhooks, workers, http steps, brokers. src/outgoing
// implements it. It refuses addresses that the operator did not allow, follows no redirects, and keeps no connections,
// cookies or credentials.

import type { Params } from "../model/data/text.ts";
import { explainOutgoingRefusal, type OutgoingRefusalCode } from "../model/reasons/outgoingRefusal.ts";

export interface OutgoingLimits {
  /** Milliseconds until the connection is established, including name resolution and TLS. */
  readonly connect: number;
  /** Milliseconds until the answer is complete. */
  readonly total: number;
  /** Largest body of the answer in bytes. */
  readonly answerBytes: number;
}

interface Signing {
  /** Name of the secret, so that the receiver can select it. It is sent in clear text. */
  readonly keyId: string;
  readonly secret: string;
  /** `required`: an answer that is not signed with the same secret is refused. Default: answers need no signature. */
  readonly answer?: "required";
}

export interface OutgoingRequest {
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: string;
  /** Additional headers. `host`, `connection`, `content-length` and similar headers are set by the implementation. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly sign?: Signing;
  /** Limits of this call. Defaults: 3 s to connect, 30 s in total, 1 MB. */
  readonly limits?: Partial<OutgoingLimits>;
  /**
   * `cut`: an answer that is too large is returned with the beginning of its body. Default: it is refused. Not allowed
   * when the answer must be signed.
   */
  readonly tooLarge?: "cut";
}

export interface OutgoingAnswer {
  /** HTTP status. A redirect (3xx) is returned, never followed. */
  readonly status: number;
  /** Headers with lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * Character set that the answer names, when its body is not valid text in it. `body` is then only fit for display.
   */
  readonly garbled?: string;
  /** `true` when the body was larger than the limit and contains only its beginning. */
  readonly cut?: true;
}

/** A signed message as it was received. The names of its headers are in lower case. */
export interface SignedMessage {
  /** Host of the supposed sender, used only in the text of a refusal. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The received bytes if available: a decoded text may differ from them. */
  readonly body: string | Buffer;
}

export interface Outgoing {
  /** Sends the request. Rejects only with `OutgoingRefused`. */
  request(request: OutgoingRequest): Promise<OutgoingAnswer>;
  /** Checks a URL without using the network. Throws `OutgoingRefused`. */
  check(url: string): void;
  /** For protocols other than HTTP: resolves the host to the address to connect to. Rejects with `OutgoingRefused`. */
  admit(host: string, how: { readonly encrypted: boolean }): Promise<string>;
  /**
   * Throws `OutgoingRefused` when the message was not signed with that secret, or was signed more than five minutes
   * from now.
   */
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
