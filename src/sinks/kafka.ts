// Events into a topic of Apache Kafka. The key is the run's id, so that Kafka keeps a run's events in order; all replicas must have
// an event before it counts as taken. The client is loaded when the first event is to be sent: a server without Kafka does not pay for it.
// Every broker, those too that the cluster names, is asked of the guard of outgoing calls before anything connects to it.
import type { Producer } from "@platformatic/kafka";
import { dig } from "../model/data/json.ts";
import type { SinkFailure } from "../model/reasons/sinkFailure.ts";
import { type Outgoing, OutgoingRefused } from "../ports/outgoing.ts";
import { orderKey, payloadOf } from "./payload.ts";
import type { Delivery, Transport } from "./transport.ts";

interface KafkaTopic {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly installation: string;
}

type TextProducer = Producer<string, string, string, string>;

const CONNECT_MILLISECONDS = 3_000;
const ANSWER_MILLISECONDS = 10_000;
const RETRIES = 1;
const ALL_REPLICAS = -1;

export function kafkaTransport({ brokers, topic, installation }: KafkaTopic, outgoing: Outgoing): Transport {
  let producer: Promise<TextProducer> | undefined;
  const close = async (): Promise<void> => {
    const open = producer;
    producer = undefined;
    // A producer that never connected, or lost its brokers, has nothing that could be closed in order.
    await (await open?.catch(() => undefined))?.close(true).catch(() => undefined);
  };
  return {
    async deliver(events, { signal, more }): Promise<Delivery> {
      if (events.length === 0 || signal.aborted || !more()) return { taken: 0, failure: null };
      const messages = events.map((event) => {
        const { id, body } = payloadOf(event, installation);
        const headers = { "kubemin-event-id": id, "kubemin-event-type": event.type };
        return { topic, key: orderKey(event), value: body, headers };
      });
      try {
        producer ??= openProducer(brokers, outgoing);
        await (await producer).send({ messages, acks: ALL_REPLICAS });
        return { taken: events.length, failure: null };
      } catch (error) {
        // A new one finds brokers that have moved; it costs one more connection after a failure.
        await close();
        return { taken: 0, failure: signal.aborted ? null : failureOf(error, brokers) };
      }
    },
    close,
  };
}

async function openProducer(brokers: readonly string[], outgoing: Outgoing): Promise<TextProducer> {
  const kafka = await import("@platformatic/kafka");
  const producer = new kafka.Producer({
    clientId: "kubemin",
    bootstrapBrokers: [...brokers],
    serializers: kafka.stringSerializers,
    connectTimeout: CONNECT_MILLISECONDS,
    timeout: ANSWER_MILLISECONDS,
    retries: RETRIES,
    // A topic that is misspelt is a failure, not a new topic.
    autocreateTopics: false,
  });
  const { connections } = producer;
  const connect = connections.get.bind(connections);
  // The pool's one way to a connection, for the brokers of the settings and for those that the cluster names.
  const admitted = async (broker: Address, callback: (error: Error) => void): Promise<void> => {
    try {
      const host = await outgoing.admit(broker.host, { encrypted: false });
      connect({ host, port: broker.port }, callback as never); // the pool's own callback, handed through
    } catch (cause) {
      callback(new kafka.UserError("the broker's address is refused", { cause: cause as Error, canRetry: false })); // admit rejects with errors
    }
  };
  // The pool's one way to a connection, for the brokers of the settings and for those that the cluster names.
  connections.get = ((broker: Address, callback: (error: Error) => void) =>
    void admitted(broker, callback)) as typeof connections.get; // the pool always gives a callback
  return producer;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The client wraps errors in errors; what was first is inside. */
function innermost(error: unknown): unknown {
  const inner = dig(error, "cause") ?? dig(error, "errors", 0);
  return inner === undefined ? error : innermost(inner);
}

function failureOf(error: unknown, brokers: readonly string[]): SinkFailure {
  const first = innermost(error);
  if (first instanceof OutgoingRefused) return { code: first.code, params: first.params };
  // Kafka's own name for it; the client's own codes say less than its sentences, which name a topic or a broker at most.
  const code = dig(first, "code");
  const words = first instanceof Error ? first.message.slice(0, 200) : "unknown";
  const named = dig(first, "apiId") ?? (String(code).startsWith("PLT_") ? words : code);
  return {
    code: "BrokerRefused",
    params: { host: brokers.join(", "), detail: typeof named === "string" ? named : words },
  };
}
