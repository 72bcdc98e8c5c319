// The queue itself: what an entry is and how long it is believed. Safe when many processes open it at once.
import type { ConstructorOptions, PgBoss } from "pg-boss";
import type { PgBossOptions } from "./options.ts";

export const QUEUE = "duties";
/** Entries whose holders were never heard of again, time after time. */
export const DEAD = "duties-dead";
/** Without a sign of life for so long, a holder has lost its duties. The least that pg-boss takes. */
export const HEARTBEAT_SECONDS = 10;
/** pg-boss knows no lease without an end; long before it, a duty is given back and taken anew. */
const LONGEST_SECONDS = 24 * 3_600;
/** Holders that may vanish over one entry, before it is called dead: it may be what kills them. */
const LOST_HOLDERS = 20;

/** How soon a holder that was killed is noticed: after a heartbeat that is missing, by the next of these looks. */
const LOOK_SECONDS = 1;
const MAINTENANCE_SECONDS = 60;
const CONNECTIONS = 4;

export function settingsOf({ url, works }: PgBossOptions): ConstructorOptions {
  return {
    connectionString: url,
    application_name: "kubemin queue",
    schema: "kubemin_queue",
    max: CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    supervise: works,
    superviseIntervalSeconds: LOOK_SECONDS,
    monitorIntervalSeconds: LOOK_SECONDS,
    maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    // Schedules are duties of the engine: they work on SQLite too.
    schedule: false,
    registerInstance: false,
    // It would look for flows, of which we have none, every few seconds.
    flowIntervalSeconds: 3_600,
  };
}

export async function openQueue(boss: PgBoss): Promise<void> {
  await boss.start();
  await boss.createQueue(DEAD, { policy: "stately", retryLimit: 1_000, expireInSeconds: 300 });
  const options = {
    retryLimit: LOST_HOLDERS,
    retryDelay: 0,
    expireInSeconds: LONGEST_SECONDS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    deadLetter: DEAD,
    retentionSeconds: 365 * 24 * 3_600,
    deleteAfterSeconds: 3_600,
  };
  // stately: of one key one entry waits at most, and one is held at most.
  await boss.createQueue(QUEUE, { policy: "stately", ...options });
  await boss.updateQueue(QUEUE, options);
}
