// The users of the torture test: each deploys, runs, approves, pauses and cancels, one action after the other, through
// any server that answers. Acknowledged runs are recorded. Other requests are repeated with the same idempotency key,
// so that in the end every existing run was acknowledged once.
import { randomUUID } from "node:crypto";
import { ApiError, type Client, UnreachableError } from "../../src/api/client.ts";
import { anyFlow, type Flow } from "./flows.ts";
import type { Steered } from "./truths.ts";

export const PROJECT = "default";

export interface Acknowledged {
  readonly run: string;
  readonly application: string;
  /** The value in the application's configuration after this run; `null` for a run without an application. */
  readonly value: string | null;
  readonly at: number;
}

export interface Users {
  readonly acknowledged: readonly Acknowledged[];
  readonly steered: readonly Steered[];
  /** Code -> number of correct refusals, such as another run that is in progress. */
  readonly refused: ReadonlyMap<string, number>;
  /** Resolves once no user waits for an answer. */
  stop(): Promise<void>;
}

export interface Town {
  /** Returns the client of a random server. */
  readonly client: () => Client;
  readonly random: () => number;
  /** Namespace of the applications; `null` without a real cluster, when users only run workflows. */
  readonly namespace: string | null;
  /** Address of the machine on which the workflows work. */
  readonly machine: string;
  readonly users: number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export function sendUsers(town: Town): Users {
  const acknowledged: Acknowledged[] = [];
  const steered: Steered[] = [];
  const refused = new Map<string, number>();
  const stopping = new AbortController();
  let count = 0;
  const note = (one: Omit<Acknowledged, "at">): void => void acknowledged.push({ ...one, at: Date.now() });
  const live = async (user: number): Promise<void> => {
    while (!stopping.signal.aborted) {
      const value = `${user}-${count++}`;
      try {
        const chance = town.random();
        const { namespace } = town;
        if (namespace !== null && chance < 0.5)
          await deploy(town, { application: `app-${user}`, value, task: town.random() < 0.2, namespace }, note);
        else await workflow(town, value, { note, steered });
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
    steered,
    refused,
    async stop() {
      stopping.abort();
      await living;
    },
  };
}

type Note = (one: Omit<Acknowledged, "at">) => void;

interface Deployed {
  readonly application: string;
  readonly value: string;
  readonly task: boolean;
  readonly namespace: string;
}

async function deploy(town: Town, { application, value, task, namespace }: Deployed, note: Note): Promise<void> {
  // Component names contain the application's name, because all objects are in one namespace.
  const settings = { name: `settings-${application}`, type: "config", properties: { data: { value } } };
  const command = ["sh", "-c", `echo did ${value}`];
  const work = {
    name: `work-${application}`,
    type: "task",
    properties: { image: "busybox:1.36", command },
    dependsOn: [settings.name],
  };
  const document = { name: application, namespace, components: task ? [settings, work] : [settings] };
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

async function workflow(
  town: Town,
  value: string,
  { note, steered }: { note: Note; steered: Steered[] },
): Promise<void> {
  const flow = anyFlow(town);
  const headers = { "idempotency-key": randomUUID() };
  const params = { project: PROJECT };
  const body = { document: { name: `flow-${value}`, workflow: flow.workflow } };
  const run = await untilAnswered(town, (client) => client.call("startRun", { params, headers, body }));
  note({ run: run.id, application: "", value: null });
  const one: Steered = { run: run.id, flow };
  steered.push(one);
  for (const act of flow.steering) {
    await town.pause(act.after);
    if (!(await steer(town, one, act))) return;
  }
}

/** Sends an action; resolves with false when the run had already ended or was cancelled before. */
async function steer(town: Town, one: Steered, { what, job = "" }: Flow["steering"][number]): Promise<boolean> {
  const params = { project: PROJECT, run: one.run };
  // Recorded before the request, because the server may have done it even if its answer is lost.
  if (what === "cancel-all") one.finalsSkipped = true;
  const ask = (client: Client): Promise<unknown> => {
    if (what === "pause") return client.call("pauseRun", { params });
    if (what === "resume") return client.call("resumeRun", { params });
    if (what === "cancel") return client.call("cancelRun", { params });
    if (what === "cancel-all") return client.call("cancelRun", { params, body: { finally: "skip" } });
    return client.call("tellJob", { params: { ...params, job }, body: { kind: "approval", data: { decision: what } } });
  };
  try {
    await untilAnswered(town, ask);
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return false;
    throw error;
  }
  if (what.startsWith("cancel")) one.cancelledAt ??= Date.now();
  return true;
}

/**
 * Repeats a request until it is answered. A refusal is thrown; no answer or an error of the server (5xx) is retried.
 */
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
