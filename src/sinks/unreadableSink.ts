// Stands in for a sink whose secret does not open: takes nothing, and says why.
import type { Transport } from "./transport.ts";

export const unreadableTransport: Transport = {
  deliver: () => Promise.resolve({ taken: 0, failure: { code: "SecretUnreadable", params: {} } }),
  close: () => Promise.resolve(),
};
