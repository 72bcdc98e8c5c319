// The sockets to one API server. Two pools: a bounded one for calls (that is our concurrency limit: more calls queue here, not on the
// server), an unbounded one for watches and logs, which hold their socket as long as they live and must never starve the calls.
import { type Dispatcher, Pool, ProxyAgent } from "undici";
import type { Credential } from "./credentials.ts";
import type { Target } from "./kubeconfig.ts";

/** Calls at the same time to one API server. client-go's default burst is 10; priority and fairness on the server does the rest. */
const CALLS = 16;
/** Bookmarks come about once a minute: a watch that is silent for longer has lost its connection without noticing. */
const SILENCE = 90_000;
const CONNECT = 5_000;

export interface Transport {
  readonly calls: Dispatcher;
  readonly streams: Dispatcher;
  /** Sockets are made anew when the certificate changed: a socket's identity cannot be changed. */
  readonly identity: string;
}

export function openTransport(target: Target, credential: Credential): Transport {
  const tls = {
    ...(credential.ca === "" ? {} : { ca: credential.ca }),
    ...(credential.certificate === "" ? {} : { cert: credential.certificate, key: credential.key }),
    ...(target.tlsServerName === "" ? {} : { servername: target.tlsServerName }),
    rejectUnauthorized: !target.insecure,
  };
  const make = (connections: number | null, bodyTimeout: number): Dispatcher => {
    const shared = { bodyTimeout, headersTimeout: SILENCE, keepAliveTimeout: 30_000, connections };
    if (target.proxyUrl !== "") return new ProxyAgent({ uri: target.proxyUrl, requestTls: tls, ...shared });
    return new Pool(new URL(target.server).origin, { ...shared, connect: { ...tls, timeout: CONNECT } });
  };
  return { calls: make(CALLS, 60_000), streams: make(null, SILENCE), identity: identityOf(credential) };
}

export function identityOf(credential: Credential): string {
  return `${credential.certificate}\n${credential.ca}`;
}

export async function closeTransport(transport: Transport): Promise<void> {
  await Promise.all([transport.calls.destroy(), transport.streams.destroy()]);
}
