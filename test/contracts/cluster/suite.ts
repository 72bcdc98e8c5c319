// The behaviour of every cluster behind ports/cluster.ts. Run for the sandbox and for a real API server; the bounds are those that
// the product promises (a failure is told apart within 15 s of the cluster knowing).
import { afterAll, beforeAll, describe } from "vitest";
import { differenceCases } from "./differenceCases.ts";
import type { ClusterEnvironment } from "./environment.ts";
import { failureCases } from "./failureCases.ts";
import { followCases } from "./followCases.ts";
import { removalCases } from "./removalCases.ts";
import { writingCases } from "./writingCases.ts";

/** The environment is there once the cases run, not before. */
export type Given = () => ClusterEnvironment;

export function clusterContract(name: string, open: () => Promise<ClusterEnvironment>): void {
  describe(`${name}: a cluster`, () => {
    let environment: ClusterEnvironment | undefined;
    beforeAll(async () => {
      environment = await open();
    }, 60_000);
    afterAll(async () => environment?.close(), 60_000);
    const given: Given = () => {
      if (environment === undefined) throw new Error("the environment did not open");
      return environment;
    };
    writingCases(given);
    followCases(given);
    failureCases(given);
    removalCases(given);
    differenceCases(given);
  });
}
