// Sends single and continuous requests through the cluster's ingress.
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { ingressUrl } from "./environment.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export function fetchPage(host: string, path: string, agent: Agent | false = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(path, ingressUrl()),
      { headers: { host }, agent, timeout: 15_000 },
      (answer: IncomingMessage) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (text: string) => (body += text));
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body }));
        answer.once("error", reject);
      },
    );
    asked.once("timeout", () => asked.destroy(new Error("no answer within 15 s")));
    asked.once("error", reject);
    asked.end();
  });
}

/** Asks until the answer is not 404, because the ingress controller needs a moment to learn of a route. */
export async function reachable(host: string, path: string, seconds = 20): Promise<Answer> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await fetchPage(host, path);
    if (answer.status !== 404 || performance.now() > deadline) return answer;
    await pause(100); // there is nothing to watch: the controller's own tables are not an object
  }
}

export interface Traffic {
  /** Ends the traffic. Returns the number of requests and the errors of those that failed. */
  stop(): Promise<{ readonly requests: number; readonly failures: readonly string[] }>;
}

/** Sends requests without a break, over kept connections and over new ones. */
export function startTraffic(host: string, path: string): Traffic {
  const kept = new Agent({ keepAlive: true });
  const failures: string[] = [];
  let requests = 0;
  const ended = new AbortController();
  const ask = async (agent: Agent | false): Promise<void> => {
    while (!ended.signal.aborted) {
      requests++;
      const at = new Date().toISOString();
      const kind = agent === false ? "fresh" : "kept";
      await fetchPage(host, path, agent).then(
        ({ status, body }) => status === 200 || failures.push(`${at} ${kind}: ${status} ${body.slice(0, 80)}`),
        (error: unknown) => failures.push(`${at} ${kind}: ${String(error)}`),
      );
      await pause(20); // a pace that leaves the two cores something for the cluster
    }
  };
  const askers = [ask(kept), ask(kept), ask(false), ask(false)];
  return {
    async stop() {
      ended.abort();
      await Promise.all(askers);
      kept.destroy();
      return { requests, failures };
    },
  };
}
