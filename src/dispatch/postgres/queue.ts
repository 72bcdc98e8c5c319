// The settings of the queue: its policy, and how long a lease lasts without a heartbeat. Several processes may open it
// at the same time.
import type { ConstructorOptions, PgBoss } from "pg-boss";
import type { PgBossOptions } from "./options.ts";

export const QUEUE = "duties";
/** The queue of entries whose holders vanished again and again. */
export const DEAD = "duties-dead";
/** A process without a heartbeat for this time has lost its duties. It is the shortest time that pg-boss accepts. */
export const HEARTBEAT_SECONDS = 10;
/** The longest lease: pg-boss has no lease without an end. Processes give a duty back long before (dutyLeases.ts). */
const LONGEST_SECONDS = 24 * 3_600;
/** After this number of vanished holders an entry is dead, because its duty may be what ends the processes. */
const LOST_HOLDERS = 20;

/** Seconds between two checks for missing heartbeats. */
const POLL_SECONDS = 1;
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
    superviseIntervalSeconds: POLL_SECONDS,
    monitorIntervalSeconds: POLL_SECONDS,
    maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    // Schedules are duties of the engine, which also work with SQLite.
    schedule: false,
    registerInstance: false,
    // pg-boss would look for flows every few seconds, but kubemin uses no flows.
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
  // The policy "stately" allows one waiting and one held entry per key.
  await boss.createQueue(QUEUE, { policy: "stately", ...options });
  await boss.updateQueue(QUEUE, options);
}
