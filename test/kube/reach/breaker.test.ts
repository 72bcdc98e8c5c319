// The breaker of a cluster connection: what opens it, which calls it lets through, and what closes it.
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/engine/systemClock.ts";
import { openConnection } from "../../../src/kube/reach/connection.ts";
import { findGivenTarget } from "../../../src/kube/reach/kubeconfig.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { type FakeApiServer, startFakeApiServer } from "../../support/fakeApiServer.ts";
import { createVirtualClock } from "../../support/virtualClock.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function setUp<C extends Clock>(clock: C) {
  const server: FakeApiServer = await startFakeApiServer();
  const target = findGivenTarget({ name: "c", context: undefined }, server.kubeconfig("good"));
  const connection = openConnection("c", target, clock);
  open.push(
    () => connection.close(),
    () => server.close(),
  );
  const never = new AbortController().signal;
  /** The deadline runs in real time, so it is short: the server never answers. */
  const ask = () => connection.call({ path: "/version", signal: never, deadline: 30 }).catch((error: unknown) => error);
  const probe = () => connection.call({ path: "/version", signal: never, probe: true });
  return { server, clock, connection, ask, probe };
}

describe("calls to a cluster that does not answer", () => {
  it("are refused at once after some silences, except one now and then, until it answers", async () => {
    const { server, clock, connection, ask, probe } = await setUp(createVirtualClock());
    server.mode = "hangs";
    for (let count = 0; count < 3; count += 1) {
      expect(connection.breakerOpen()).toBe(false);
      await ask();
    }
    expect(connection.breakerOpen()).toBe(true);
    const before = server.count();
    expect(await ask()).toMatchObject({
      retryable: true,
      reason: {
        code: "ClusterUnreachable",
        params: { detail: "SilentSince", said: "NoAnswerInTime" },
      },
    });
    expect(server.count()).toBe(before);
    await clock.advance(5_000);
    await Promise.all([ask(), ask(), ask()]);
    expect(server.count()).toBe(before + 1);
    server.mode = "answers";
    expect(await ask()).toMatchObject({ retryable: true });
    await probe();
    expect(connection.breakerOpen()).toBe(false);
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it("are not held back by refusals of a cluster that does answer", async () => {
    const { server, connection, probe } = await setUp(systemClock);
    server.tokens.clear();
    for (let count = 0; count < 6; count += 1)
      await expect(probe()).rejects.toMatchObject({ reason: { code: "CredentialRefused" }, retryable: true });
    expect(connection.breakerOpen()).toBe(false);
  });
});
