// The contract of ports/store.ts, for every database. Tests that only one database needs are in its own test file.
import { afterAll, beforeAll, describe } from "vitest";
import type { Store } from "../../../src/ports/store.ts";
import type { Backend, TestDatabase } from "./backends.ts";
import { changing } from "./changing.ts";
import { clustering } from "./clustering.ts";
import { creating } from "./creating.ts";
import { eventing } from "./eventing.ts";
import { AT } from "./fixtures.ts";
import { keeping } from "./keeping.ts";
import { lasting } from "./lasting.ts";
import { reading } from "./reading.ts";
import { registering } from "./registering.ts";
import { retaining } from "./retaining.ts";
import { scale } from "./scale.ts";
import { sinking } from "./sinking.ts";

const clock = { now: () => new Date(AT) };

export function storeContract(backend: Backend): void {
  describe(`store on ${backend.name}`, () => {
    let database: TestDatabase | undefined;
    let stores: readonly Store[] = [];
    // Where processes may share a database, the suite uses two stores, as two processes would, and alternates between
    // them.
    let calls = 0;
    const one = () => given(stores[0]);
    const two = () => given(stores.at(-1));
    const either = () => (calls++ % 2 === 0 ? one() : two());

    beforeAll(async () => {
      const fresh = await backend.create();
      database = fresh;
      // Both are opened at the same time, so that the second finds the first one migrating.
      stores = await Promise.all(Array.from({ length: backend.shared ? 2 : 1 }, () => fresh.open({ clock })));
    });
    afterAll(async () => {
      for (const store of stores) await store.close();
      await database?.remove();
    });

    creating(either);
    changing(either);
    reading(either);
    eventing(one, two);
    keeping(either);
    sinking(either);
    clustering(either);
    retaining(either);
    registering(either);
    lasting(backend);
    scale(backend);
  });
}

function given(store: Store | undefined): Store {
  if (store === undefined) throw new Error("the store was not opened");
  return store;
}
