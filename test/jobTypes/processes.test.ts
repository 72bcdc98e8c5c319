// Tests two processes on one database: what one of them registers, grants or disables, the other one sees within
// seconds.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { builtins } from "../../src/builtins.ts";
import { createCatalog } from "../../src/catalog/catalog.ts";
import { systemClock } from "../../src/engine/systemClock.ts";
import { quarantineFor } from "../../src/jobTypes/registering/quarantine.ts";
import { registerType } from "../../src/jobTypes/registering/registerType.ts";
import { disableType, enableType, grantType, restoreType } from "../../src/jobTypes/registering/switches.ts";
import { openRegistry, type Registry } from "../../src/jobTypes/registry/registry.ts";
import { createSchemas } from "../../src/jobTypes/schemas/schemas.ts";
import { createOutgoing } from "../../src/outgoing/outgoing.ts";
import type { Store } from "../../src/ports/store.ts";
import { aesVault } from "../../src/vault/aesVault.ts";
import { POSTGRES, type TestDatabase } from "../contracts/database/backends.ts";
import { aDocument } from "./documents.ts";

let database: TestDatabase;
const stores: Store[] = [];
const registries: Registry[] = [];
const key = randomBytes(32);
const NO_CLUSTERS = {
  names: () => [],
  usable: () => [],
  get: () => undefined,
  find: async () => undefined,
  onChange: () => () => undefined,
};

async function open(): Promise<Registry> {
  const store = await database.open();
  stores.push(store);
  const registry = await openRegistry({
    store,
    catalog: createCatalog(builtins),
    clusters: NO_CLUSTERS,
    vault: aesVault(key),
    outgoing: createOutgoing({ allow: [], clock: systemClock }),
    clock: systemClock,
    log: { write: () => {} },
    context: { schemas: createSchemas(), resolve: async () => [] },
  });
  registries.push(registry);
  return registry;
}

beforeAll(async () => {
  database = await POSTGRES.create();
});
afterAll(async () => {
  for (const registry of registries) await registry.stop();
  for (const store of stores) await store.close();
  await database.remove();
});

const LIMIT = 5_000;

it("see each other's registrations and kill switches within five seconds", async () => {
  const [here, there] = [await open(), await open()];
  const released = vi.fn<() => void>();
  there.onRelease(released);
  const text = JSON.stringify(aDocument("shared"));
  const { signal } = new AbortController();
  await registerType(here, { project: "a", actor: "ada", text, format: "json" }, signal);
  expect(here.jobTypes.usable("a").has("shared")).toBe(true);
  await vi.waitFor(() => expect(there.jobTypes.usable("a").has("shared@1.0.0")).toBe(true), LIMIT);
  expect(there.jobTypes.usable("b").has("shared")).toBe(false);

  await grantType(here, { actor: "root", type: "shared", project: "b" });
  await vi.waitFor(() => expect(there.jobTypes.usable("b").has("shared")).toBe(true), LIMIT);

  await disableType(here, { actor: "root", type: "shared", reason: "it burns" });
  await vi.waitFor(() => expect(there.stopOf("shared", "b")).toMatchObject({ code: "TypeDisabled" }), LIMIT);
  expect(released).not.toHaveBeenCalled();
  await enableType(here, { actor: "root", type: "shared" });
  await vi.waitFor(() => expect(there.stopOf("shared", "b")).toBeNull(), LIMIT);
  expect(released).toHaveBeenCalledOnce();

  // A third process that starts now sees the type.
  const late = await open();
  expect(late.jobTypes.find("b", "shared", "1.0.0")?.version).toBe("1.0.0");
});

it("set a type aside as if they were one, remember it over a restart, and release it for all", async () => {
  const [here, there] = [await open(), await open()];
  const text = JSON.stringify(aDocument("thrower"));
  await registerType(here, { project: "a", actor: "ada", text, format: "json" }, new AbortController().signal);
  await there.refresh();
  const counted = (registry: Registry, throws: number) =>
    vi.waitFor(() => expect(registry.view().types.get("thrower")?.throws.get("b") ?? 0).toBe(throws), LIMIT);
  const throwIn = async (registry: Registry, throws: number): Promise<void> => {
    quarantineFor(registry).noteThrow("thrower", "b", `Error: number ${throws}`);
    await counted(registry, throws);
  };
  await throwIn(here, 1);
  await throwIn(there, 2);
  // An attempt that ends without throwing resets the count, also the throws of the other process.
  await counted(here, 2);
  quarantineFor(here).noteReturn("thrower", "b");
  await counted(here, 0);
  await counted(there, 0);

  for (const throws of [1, 2, 3, 4]) await throwIn(throws % 2 === 0 ? here : there, throws);
  expect(here.stopOf("thrower", "b")).toBeNull();
  // A process that starts now continues the count.
  const late = await open();
  await throwIn(late, 5);
  for (const registry of [here, there, late])
    await vi.waitFor(
      () => expect(registry.stopOf("thrower", "b")?.params["detail"]).toBe("quarantined: Error: number 5"),
      LIMIT,
    );
  // Throws that the inputs of one project cause stop the type only in that project.
  for (const registry of [here, there, late]) {
    expect(registry.stopOf("thrower", "a")).toBeNull();
    expect(registry.jobTypes.usable("a").get("thrower")?.check?.({ who: "x" })).toEqual([]);
  }
  await restoreType(there, { project: "a", actor: "ada", type: "thrower" });
  for (const registry of [here, there, late])
    await vi.waitFor(() => expect(registry.stopOf("thrower", "b")).toBeNull(), LIMIT);
  await throwIn(here, 1);
});
