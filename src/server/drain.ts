// Stopping without breaking off answers: no new connections, streams are ended, and what is being answered gets five seconds.
import type { FastifyInstance } from "fastify";

const DRAIN_MILLISECONDS = 5_000;

/** `onStop` ends what would go on for ever. */
export function drainOnClose(app: FastifyInstance, onStop: () => void): void {
  let answering = 0;
  let onIdle: (() => void) | undefined;
  app.addHook("onRequest", async (_, reply) => {
    answering += 1;
    reply.raw.once("close", () => {
      answering -= 1;
      if (answering === 0) onIdle?.();
    });
  });
  app.addHook("preClose", async () => {
    app.server.close();
    onStop();
    if (answering > 0) await within(DRAIN_MILLISECONDS, (resolve) => (onIdle = resolve));
  });
}

function within(milliseconds: number, wait: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wait(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
