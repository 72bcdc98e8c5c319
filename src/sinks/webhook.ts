// Sends events by HTTP: one signed POST per event, one after the other. An event is delivered when the answer is 2xx; a
// redirect is not followed and counts as a failure. The body of the answer is never shown, because the receiver may
// repeat a secret in it.
import type { SinkFailure } from "../model/reasons/sinkFailure.ts";
import { type Outgoing, OutgoingRefused } from "../ports/outgoing.ts";
import { payloadOf } from "./payload.ts";
import type { Delivery, SinkTransport } from "./transport.ts";

interface Webhook {
  readonly url: string;
  readonly secret: string;
  /** Name of the sink. It is sent in the headers, so that one receiver can serve several sinks. */
  readonly name: string;
  readonly installation: string;
}

/** Receivers that need more time should answer first and process the event afterwards. */
const TOTAL_MILLISECONDS = 10_000;

export function webhookTransport({ url, secret, name, installation }: Webhook, outgoing: Outgoing): SinkTransport {
  const post = async (event: Parameters<typeof payloadOf>[0], signal: AbortSignal): Promise<SinkFailure | null> => {
    const { id, body } = payloadOf(event, installation);
    const headers = {
      "content-type": "application/json",
      "user-agent": "kubemin",
      "kubemin-sink": name,
      "kubemin-event-id": id,
      "kubemin-event-type": event.type,
    };
    const sign = { keyId: name, secret };
    const limits = { total: TOTAL_MILLISECONDS };
    const { status } = await outgoing.request({ url, method: "POST", body, headers, signal, sign, limits });
    const taken = status >= 200 && status < 300;
    return taken ? null : { code: "UnexpectedStatus", params: { host: new URL(url).hostname, status } };
  };
  return {
    async deliver(events, { signal, more }): Promise<Delivery> {
      for (const [taken, event] of events.entries()) {
        if (signal.aborted || !more()) return { taken, failure: null };
        const failure = await post(event, signal).catch(failureOf);
        if (failure !== null) return { taken, failure: signal.aborted ? null : failure };
      }
      return { taken: events.length, failure: null };
    },
    close: () => Promise.resolve(),
  };
}

function failureOf(error: unknown): SinkFailure {
  if (error instanceof OutgoingRefused) return { code: error.code, params: error.params };
  throw error;
}
