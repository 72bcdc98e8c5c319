// Contract: an acknowledged write is durable, and a program refuses a database whose schema it does not know.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Backend, SQLITE, type TestDatabase } from "./backends.ts";
import { anEvent, anObject, history, newProject } from "./fixtures.ts";

const WRITER = fileURLToPath(new URL("./writer.ts", import.meta.url));
const ROUNDS = 4;

async function withDatabase(backend: Backend, work: (database: TestDatabase) => Promise<void>): Promise<void> {
  const database = await backend.create();
  try {
    await work(database);
  } finally {
    await database.remove();
  }
}

export function lasting(backend: Backend): void {
  describe("lasting", () => {
    it("finds everything again after it was closed", async () => {
      await withDatabase(backend, async (database) => {
        const project = newProject();
        const store = await database.open();
        const [, run] = await history(store, project, 2);
        await store.inventory.put([anObject(project)]);
        const before = [
          await store.applications.get(project, "shop"),
          await store.events.after({ project }, 0, 9),
          await store.events.latest(),
        ];
        await store.close();
        const again = await database.open();
        expect([
          await again.applications.get(project, "shop"),
          await again.events.after({ project }, 0, 9),
          await again.events.latest(),
        ]).toEqual(before);
        expect(await again.runs.get(run?.id ?? "")).toMatchObject({ phase: "succeeded" });
        expect(await again.inventory.list(project, "shop")).toEqual([anObject(project)]);
        await again.events.append(anEvent(project));
        expect(await again.events.latest()).toBe(Number(before[2]) + 1);
        await again.close();
      });
    });

    it("refuses a database that a newer program has written, and changes nothing in it", async () => {
      await withDatabase(backend, async (database) => {
        await (await database.open()).close();
        const before = await database.sql("select name from migrations order by name");
        await database.sql("insert into migrations (name, at) values ('0999-from-the-future', 'later')");
        await expect(database.open()).rejects.toThrow(/written by a newer kubemin.*0999-from-the-future/s);
        expect(await database.sql("select name from migrations order by name")).toHaveLength(before.length + 1);
      });
    });

    it("loses no acknowledged change when its process is killed at any moment, and keeps state and events together", async () => {
      await withDatabase(backend, async (database) => {
        const acknowledged = new Map<string, number>();
        for (let round = 0; round < ROUNDS; round++) {
          await writeUntilKilled(backend, database, { round, acknowledged });
          if (backend === SQLITE)
            expect(await database.sql("pragma integrity_check")).toEqual([{ integrity_check: "ok" }]);
          const store = await database.open();
          expect(acknowledged.size).toBe(round + 1);
          for (const [run, attempt] of acknowledged) {
            const [job] = await store.runs.jobs(run);
            // One more attempt may have been committed before its acknowledgement arrived.
            expect([attempt, attempt + 1]).toContain(job?.attempt);
            const events = await store.events.after({ project: "writer", run }, 0, 100_000);
            expect(events.slice(1).map(({ data }) => data["attempt"])).toEqual(
              Array.from({ length: job?.attempt ?? 0 }, (_, index) => index + 1),
            );
          }
          expect((await store.runs.unfinished()).map((one) => one.id)).toEqual([...acknowledged.keys()]);
          await store.close();
        }
      });
    });
  });
}

interface Round {
  readonly round: number;
  readonly acknowledged: Map<string, number>;
}

/** Kills the process at a random time: a random delay after a random acknowledgement. */
async function writeUntilKilled(
  backend: Backend,
  database: TestDatabase,
  { round, acknowledged }: Round,
): Promise<void> {
  const child = startWriter(backend, database, `writer-${round}`);
  const killAfter = 5 + Math.floor(Math.random() * 60);
  let lines = 0;
  for await (const line of child.lines) {
    const [run = "", attempt = ""] = line.split(" ");
    acknowledged.set(run, Number(attempt));
    if (++lines === killAfter) setTimeout(() => child.process.kill("SIGKILL"), Math.random() * 4);
  }
  const [code, signal] = await child.exit;
  expect([code, signal]).toEqual([null, "SIGKILL"]);
}

interface Writer {
  readonly process: ChildProcess;
  readonly lines: AsyncIterable<string>;
  readonly exit: Promise<unknown[]>;
}

/** A process that changes a job repeatedly, and acknowledges each change. */
export function startWriter(backend: Backend, database: TestDatabase, application: string): Writer {
  const child = spawn(process.execPath, [WRITER, backend.name, database.address, application], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { process: child, lines: createInterface({ input: child.stdout }), exit: once(child, "exit") };
}
