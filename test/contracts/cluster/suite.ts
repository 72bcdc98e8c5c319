// The contract of ports/cluster.ts. It runs on the sandbox and on a real API server, with the time limits that the
// product promises: a failure is identified within 15 s after the cluster knows it.
import { afterAll, beforeAll, describe } from "vitest";
import { capacityCases } from "./capacityCases.ts";
import { differenceCases } from "./differenceCases.ts";
import type { ClusterEnvironment } from "./environment.ts";
import { failureCases } from "./failureCases.ts";
import { followCases } from "./followCases.ts";
import { removalCases } from "./removalCases.ts";
import { writingCases } from "./writingCases.ts";

/** Returns the environment; may be called only while the cases run. */
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
    capacityCases(given);
  });
}
