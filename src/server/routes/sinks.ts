// The routes of event sinks: add, read, remove, resume. src/sinks delivers the events.
import { randomBytes } from "node:crypto";
import type { Dependencies } from "../../engine/contract/dependencies.ts";
import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { problem } from "../../model/problems/problem.ts";
import { reason } from "../../model/reasons/reason.ts";
import { OutgoingRefused } from "../../ports/outgoing.ts";
import type { Sink, StoredSink } from "../../ports/sinks.ts";
import { invalidRequest } from "../requests/input.ts";
import type { Implementations, InputOf } from "../shared/contract.ts";
import { sinkView } from "../views/sink.ts";

/** Limit of sinks per project, because each sink reads all events of the project. */
const MOST_SINKS = 20;

export const sinks = {
  listSinks: async ({ params }, { dependencies, language }) => {
    const all = await dependencies.store.sinks.list(params.project);
    return { body: { items: await Promise.all(all.map((one) => sinkView(dependencies, one, language))), next: null } };
  },

  addSink: async ({ params: { project }, body }, { dependencies, language }) => {
    if ((await dependencies.store.sinks.list(project)).length >= MOST_SINKS)
      throw new PlatformError("TooManySinks", { project, limit: MOST_SINKS });
    checkTargets(dependencies, body);
    const { type } = body;
    const made = type === "webhook" && body.secret === undefined ? newSecret() : undefined;
    const secret = type === "webhook" ? (body.secret ?? made) : undefined;
    const sink = newSink(dependencies, project, { body, secret });
    if (!(await dependencies.store.sinks.add(sink)))
      throw new PlatformError("SinkNameTaken", { project, sink: body.name });
    const view = await sinkView(dependencies, await knownSink(dependencies, project, body.name), language);
    return { body: made === undefined ? view : { ...view, secret: made } };
  },

  getSink: async ({ params }, { dependencies, language }) => ({
    body: await sinkView(dependencies, await knownSink(dependencies, params.project, params.sink), language),
  }),

  removeSink: async ({ params }, { dependencies }) => {
    if (await dependencies.store.sinks.remove(params.project, params.sink)) return { body: null };
    throw await unknownSink(dependencies, params.project, params.sink);
  },

  resumeSink: async ({ params: { project, sink } }, { dependencies, language }) => {
    if (!(await dependencies.store.sinks.resume(project, sink, dependencies.clock.now().toISOString())))
      throw await unknownSink(dependencies, project, sink);
    return { body: await sinkView(dependencies, await knownSink(dependencies, project, sink), language) };
  },
} satisfies Partial<Implementations>;

type Body = InputOf<"addSink">["body"];

/**
 * Checks the addresses without any request. A host name may still resolve to a forbidden address; that is checked at
 * each delivery.
 */
function checkTargets({ outgoing }: Dependencies<"outgoing">, body: Body): void {
  const urls = body.type === "webhook" ? [body.url] : body.brokers.map((broker) => `https://${broker}/`);
  try {
    for (const url of urls) outgoing.check(url);
  } catch (error) {
    if (error instanceof OutgoingRefused) {
      const at = body.type === "webhook" ? "/body/url" : "/body/brokers";
      throw invalidRequest({ ...problem("UnfitAddress", at), cause: reason(`Call${error.code}`, error.params) });
    }
    throw error;
  }
}

interface SinkRequest {
  readonly body: Body;
  readonly secret: string | undefined;
}

function newSink(
  { vault, newId, clock }: Dependencies<"vault" | "clock" | "newId">,
  project: string,
  { body, secret }: SinkRequest,
): Sink {
  const { name, events, application = null } = body;
  return {
    id: newId(),
    project,
    name,
    settings:
      body.type === "webhook"
        ? { type: "webhook", address: vault.seal(project, body.url) }
        : { type: "kafka", brokers: body.brokers, topic: body.topic },
    filter: { events: [...new Set(events)], application },
    secret: secret === undefined ? null : vault.seal(project, secret),
    createdAt: clock.now().toISOString(),
  };
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

async function knownSink(dependencies: Dependencies<"store">, project: string, name: string): Promise<StoredSink> {
  const found = await dependencies.store.sinks.get(project, name);
  if (found === null) throw await unknownSink(dependencies, project, name);
  return found;
}

async function unknownSink({ store }: Dependencies<"store">, project: string, name: string): Promise<PlatformError> {
  const known = listed((await store.sinks.list(project)).map(({ sink }) => sink.name));
  return new PlatformError("NotFound", { what: "sink", name, known });
}
