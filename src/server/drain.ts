// Stops the server without breaking off responses: it accepts no new connections, ends the streams, and gives requests
// in progress five seconds to finish.
import type { FastifyInstance } from "fastify";

const DRAIN_MILLISECONDS = 5_000;

/** `onStop` is called at the start of the stop; it must end the streams, which would otherwise never finish. */
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
