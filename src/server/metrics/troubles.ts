// What is wrong around this server right now: the database, the clusters, or that the server is stopping. The answer
// comes within about two seconds, even when none of them responds. It contains no names, because the request needs no
// token.
import type { ServerParts } from "../shared/serverParts.ts";

interface Trouble {
  readonly what: "database" | "clusters" | "stopping";
  readonly detail: string;
}

const PATIENCE_MILLISECONDS = 2_000;

export async function troublesOf(parts: ServerParts): Promise<readonly Trouble[]> {
  const [database, clusters] = await Promise.all([databaseTrouble(parts), clustersTrouble(parts)]);
  const stopping = parts.stopping.aborted ? [{ what: "stopping", detail: "this server is stopping" } as const] : [];
  return [...stopping, ...database, ...clusters];
}

export async function databaseAnswers({ dependencies }: ServerParts): Promise<boolean> {
  const answer = dependencies.store.events.latest().then(
    () => true,
    () => false,
  );
  return (await inTime(answer)) ?? false;
}

/** The result, or `undefined` when it takes longer than two seconds. */
export async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MILLISECONDS);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const FULL =
  "the disk of the database is full: requests that must store something are refused until there is space again";

async function databaseTrouble(parts: ServerParts): Promise<readonly Trouble[]> {
  if (parts.dependencies.store.isFull()) return [{ what: "database", detail: FULL }];
  if (await databaseAnswers(parts)) return [];
  return [
    {
      what: "database",
      detail: "the database does not answer: requests are refused until it does; runs continue then",
    },
  ];
}

async function clustersTrouble({ dependencies }: ServerParts): Promise<readonly Trouble[]> {
  const entries = dependencies.clusters.entries();
  const pulses = await Promise.all(entries.map((entry) => entry.pulse()));
  const away = pulses.filter((pulse) => !pulse.reachable).length;
  if (away === 0) return [];
  return [
    { what: "clusters", detail: `${away} of ${entries.length} clusters do not answer: see kubemin cluster list` },
  ];
}
