// The process that lasting.ts kills: node writer.ts BACKEND ADDRESS APPLICATION. It prints `RUN ATTEMPT` after that
// attempt is durable.
import { writeSync } from "node:fs";
import { openPostgres, openSqlite } from "../../../src/database/open.ts";
import { aJob, anEvent, changeRun, newRun, started } from "./fixtures.ts";

const [, , backend, address = "", application = ""] = process.argv;
const store = await (backend === "SQLite" ? openSqlite(address) : openPostgres(address));
const run = await started(store, newRun("writer", { id: `run of ${application}`.replaceAll(" ", "-"), application }));

for (let attempt = 1; ; attempt++) {
  const job = aJob("web", { run: run.id, attempt });
  const events = [anEvent("writer", { application, run: run.id, data: { attempt } })];
  const changed = await changeRun(store, {
    run: run.id,
    jobs: [{ job, from: { phase: "waiting", attempt: attempt - 1 } }],
    events,
  });
  if (!changed) throw new Error(`attempt ${attempt} was not written`);
  writeSync(1, `${run.id} ${attempt}\n`);
}
