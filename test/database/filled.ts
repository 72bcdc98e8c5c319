// A database with at least one row in every table, for the tests of migrations and backups.
import type { Store } from "../../src/ports/store.ts";
import { AT, anEvent, anObject, history, newRun, started } from "../contracts/database/fixtures.ts";
import { aSink } from "../contracts/database/sinking.ts";

export const PROJECT = "filled";

export async function fill(store: Store): Promise<void> {
  await store.setting("vault-key", "print-of-the-key");
  const fixed = { project: "*", role: "admin", createdAt: AT, expiresAt: null } as const;
  const token = { id: "t", name: "local", ...fixed, madeBy: "ada" } as const;
  await store.tokens.add(token, "hash");
  const [, last] = await history(store, PROJECT, 2);
  const run = last?.id ?? "";
  // Programs print newlines, NUL, and characters outside the basic multilingual plane.
  const lines = ["plain", "two\nlines", "nul\0", "\u{1F680} 中文"].map((text) => ({
    at: AT,
    pod: "p",
    container: "c",
    text,
  }));
  await store.logs.append(run, "web", lines);
  await store.inventory.put([anObject(PROJECT, { uid: "u" }), anObject(PROJECT, { name: "kept", keep: true })]);
  const key = { project: PROJECT, application: "shop", component: "task", content: "c" };
  await store.completions.put(key, { done: true });
  await store.messages.put({ run, job: "web", kind: "beat", attempt: 1, data: { n: 1 }, actor: "a", key: "k" });
  await store.sinks.add(aSink(PROJECT));
  await store.clusters.add({
    name: "far",
    way: { server: "https://10.0.0.1", insecure: false, auth: "token" },
    user: "u",
    uid: "",
    target: "sealed:v1:x",
    projects: [],
    calls: 16,
    generation: 1,
    createdAt: AT,
    updatedAt: AT,
    actor: "a",
  });
  await store.waits.add({ cluster: "far", flavor: "cpu", milliseconds: 1_500 });
  await started(store, {
    ...newRun(PROJECT, { application: "other" }),
    idempotency: { project: PROJECT, key: "i", request: "r", run: "x" },
  }).catch(() => undefined);
  await store.events.append(anEvent(PROJECT, { data: { text: "last" } }));
}
