// Sends events to a topic of Apache Kafka. The key is the run's id, so that Kafka keeps the events of a run in order.
// An event counts as delivered once all in-sync replicas have it. The client library is loaded with the first event, so
// that servers without Kafka do not pay for it. Before a connection to any broker, including those that the Kafka
// cluster names, src/outgoing/allowedTarget.ts checks its address.
import type { Producer } from "@platformatic/kafka";
import { dig } from "../model/data/json.ts";
import type { SinkFailure } from "../model/reasons/sinkFailure.ts";
import { type Outgoing, OutgoingRefused } from "../ports/outgoing.ts";
import { orderKey, payloadOf } from "./payload.ts";
import type { Delivery, SinkTransport } from "./transport.ts";

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

export function kafkaTransport({ brokers, topic, installation }: KafkaTopic, outgoing: Outgoing): SinkTransport {
  let producer: Promise<TextProducer> | undefined;
  const close = async (): Promise<void> => {
    const open = producer;
    producer = undefined;
    // Errors are ignored: a producer that never connected, or that lost its brokers, cannot be closed cleanly.
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
        // After a failure the producer is closed: a new one costs one more connection, but finds brokers that have
        // moved.
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
    // A misspelt topic must be an error and not create a new topic.
    autocreateTopics: false,
  });
  const { connections } = producer;
  const connect = connections.get.bind(connections);
  const admitted = async (broker: Address, callback: (error: Error) => void): Promise<void> => {
    try {
      const host = await outgoing.admit(broker.host, { encrypted: false });
      connect({ host, port: broker.port }, callback as never); // This is the pool's own callback, passed through.
    } catch (cause) {
      // `admit` rejects with errors only.
      callback(new kafka.UserError("the broker's address is refused", { cause: cause as Error, canRetry: false }));
    }
  };
  // The pool opens all connections by `get`: to the brokers of the settings and to those that the Kafka cluster names.
  connections.get = ((broker: Address, callback: (error: Error) => void) =>
    void admitted(broker, callback)) as typeof connections.get; // The pool always passes a callback.
  return producer;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The client wraps errors in other errors; the innermost one is the cause. */
function innermost(error: unknown): unknown {
  const inner = dig(error, "cause") ?? dig(error, "errors", 0);
  return inner === undefined ? error : innermost(inner);
}

function failureOf(error: unknown, brokers: readonly string[]): SinkFailure {
  const first = innermost(error);
  if (first instanceof OutgoingRefused) return { code: first.code, params: first.params };
  // Prefer Kafka's name of the error. The messages of the client say more than its codes (PLT_…); they name at most a
  // topic or a broker.
  const code = dig(first, "code");
  const words = first instanceof Error ? first.message.slice(0, 200) : "unknown";
  const named = dig(first, "apiId") ?? (String(code).startsWith("PLT_") ? words : code);
  return {
    code: "BrokerRefused",
    params: { host: brokers.join(", "), detail: typeof named === "string" ? named : words },
  };
}
