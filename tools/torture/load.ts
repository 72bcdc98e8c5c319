// The users: each deploys, runs, approves and cancels, one thing after the other, through whichever server answers. What was acknowledged is
// written down; what was not is asked again with the same key until it is, so that in the end everything that exists was acknowledged once.
import { randomUUID } from "node:crypto";
import { ApiError, type Client, UnreachableError } from "../../src/api/client.ts";

export const PROJECT = "default";

export interface Acknowledged {
  readonly run: string;
  readonly application: string;
  /** What the application's configuration says after this run. */
  readonly value: string | null;
  readonly at: number;
}

export interface Users {
  readonly acknowledged: readonly Acknowledged[];
  /** Refusals that are right (somebody else's run is in the way), by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Resolves once nobody has a question open. */
  stop(): Promise<void>;
}

export interface Town {
  /** Any server that may answer. */
  readonly client: () => Client;
  readonly random: () => number;
  readonly namespace: string;
  readonly users: number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export function sendUsers(town: Town): Users {
  const acknowledged: Acknowledged[] = [];
  const refused = new Map<string, number>();
  const stopping = new AbortController();
  let count = 0;
  const note = (one: Omit<Acknowledged, "at">): void => void acknowledged.push({ ...one, at: Date.now() });
  const live = async (user: number): Promise<void> => {
    while (!stopping.signal.aborted) {
      const value = `${user}-${count++}`;
      try {
        const chance = town.random();
        if (chance < 0.55) await deploy(town, { application: `app-${user}`, value, task: town.random() < 0.2 }, note);
        else if (chance < 0.85) await workflow(town, value, note);
        else await cancel(town, acknowledged);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refused.set(error.body.code, (refused.get(error.body.code) ?? 0) + 1);
      }
      await town.pause(200 + 800 * town.random());
    }
  };
  const living = Promise.all(Array.from({ length: town.users }, (_, user) => live(user)));
  return {
    acknowledged,
    refused,
    async stop() {
      stopping.abort();
      await living;
    },
  };
}

type Note = (one: Omit<Acknowledged, "at">) => void;

async function deploy(
  town: Town,
  { application, value, task }: { readonly application: string; readonly value: string; readonly task: boolean },
  note: Note,
): Promise<void> {
  // Their names are objects in one namespace.
  const settings = { name: `settings-${application}`, type: "config", properties: { data: { value } } };
  const command = ["sh", "-c", `echo did ${value}`];
  const work = {
    name: `work-${application}`,
    type: "task",
    properties: { image: "busybox:1.36", command },
    dependsOn: [settings.name],
  };
  const document = { name: application, namespace: town.namespace, components: task ? [settings, work] : [settings] };
  const headers = { "idempotency-key": randomUUID() };
  const run = await untilAnswered(town, (client) =>
    client.call("deployApplication", {
      params: { project: PROJECT, application },
      headers,
      body: JSON.stringify(document),
    }),
  );
  note({ run: run.id, application, value });
}

async function workflow(town: Town, value: string, note: Note): Promise<void> {
  const asks = town.random() < 0.4;
  const steps = [
    { name: "first", type: "wait", properties: { for: "1s" } },
    ...(asks ? [{ name: "ask", type: "approve", properties: { message: value }, dependsOn: ["first"] }] : []),
    {
      name: "last",
      type: "wait",
      properties: { for: town.random() < 0.3 ? "8s" : "1s" },
      dependsOn: [asks ? "ask" : "first"],
    },
  ];
  const headers = { "idempotency-key": randomUUID() };
  const params = { project: PROJECT };
  const body = { document: { name: `flow-${value}`, workflow: { steps } } };
  const run = await untilAnswered(town, (client) => client.call("startRun", { params, headers, body }));
  note({ run: run.id, application: "", value: null });
  if (!asks) return;
  const answer = { kind: "approval", data: { decision: "approve" } };
  await untilAnswered(town, (client) =>
    client.call("tellJob", { params: { project: PROJECT, run: run.id, job: "ask" }, body: answer }),
  );
}

async function cancel(town: Town, acknowledged: readonly Acknowledged[]): Promise<void> {
  const last = acknowledged.at(-1 - Math.floor(town.random() * 3));
  if (last === undefined || last.application !== "") return;
  await untilAnswered(town, (client) => client.call("cancelRun", { params: { project: PROJECT, run: last.run } }));
}

/** Throws what is a refusal; silence and the server's own trouble are asked again. */
async function untilAnswered<T>(town: Town, ask: (client: Client) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask(town.client());
    } catch (error) {
      const silent = error instanceof UnreachableError || !(error instanceof ApiError);
      if (!silent && error.status < 500) throw error;
      await town.pause(250);
    }
  }
}
