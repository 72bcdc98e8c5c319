import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

// Two projects: what needs no cluster (and answers within minutes), and what needs a real one.
// Both need PostgreSQL or install it: see tools/postgres and tools/cluster.
export default defineConfig({
  root: resolve(import.meta.dirname, ".."),
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.cluster.test.ts", "test/e2e/**"],
          globalSetup: ["test/postgres.ts"],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: "cluster",
          include: ["test/**/*.cluster.test.ts", "test/e2e/**/*.test.ts"],
          globalSetup: ["test/cluster.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Each of the tests that run side by side in a file deploys an application: more at once would measure the machine.
          maxConcurrency: 3,
          // The files share two cores and one node: side by side they would only measure each other.
          fileParallelism: false,
        },
      },
    ],
  },
});
