// The simulated users. Each user deploys, runs, approves, pauses and cancels, one action after the other, through any
// server that answers. An acknowledged request is recorded. A request without an acknowledgement is repeated with the
// same key, so that at the end each run that exists was acknowledged once.
import { randomUUID } from "node:crypto";
import { ApiError, type Client, UnreachableError } from "../../src/api/client.ts";
import { anyFlow, type Flow } from "./flows.ts";
import type { Steered } from "./truths.ts";

export const PROJECT = "default";

export interface Acknowledged {
  readonly run: string;
  readonly application: string;
  /** Value of the application's configuration after this run; `null` for workflows without an application. */
  readonly value: string | null;
  readonly at: number;
}

export interface Users {
  readonly acknowledged: readonly Acknowledged[];
  readonly steered: readonly Steered[];
  /** Number of expected refusals (for example, another run is in progress), by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Stops the users and resolves when no request is open. */
  stop(): Promise<void>;
}

export interface Town {
  /** Returns a client of a random server. */
  readonly client: () => Client;
  readonly random: () => number;
  /** Namespace for deployments; `null` without a real cluster: then only workflows are run. */
  readonly namespace: string | null;
  /** Address of the machine that workflows call. */
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
  // The names become objects in one namespace, so they must differ between applications.
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

/** `false` when the run had already ended or was cancelled by another request. */
async function steer(town: Town, one: Steered, { what, job = "" }: Flow["steering"][number]): Promise<boolean> {
  const params = { project: PROJECT, run: one.run };
  // Set before the request, because a request whose answer is lost may still have been executed.
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

/** Repeats a request until it is answered. Refusals are thrown; missing answers and server errors are repeated. */
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
