// For vitest's globalSetup: one PostgreSQL server for all test files. Each file makes a database of its own in it.
import type { TestProject } from "vitest/node";
import { startPostgres } from "../tools/postgres/postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** postgres://… of a server where tests may create databases. */
    postgres: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await startPostgres();
  const before = process.env["KUBEMIN_TEST_POSTGRES"];
  process.env["KUBEMIN_TEST_POSTGRES"] = url;
  project.provide("postgres", url);
  return async () => {
    if (before === undefined) delete process.env["KUBEMIN_TEST_POSTGRES"];
    await stop();
  };
}
