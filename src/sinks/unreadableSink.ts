// The transport of a sink whose sealed secret cannot be opened: it delivers nothing and reports SecretUnreadable.
import type { Transport } from "./transport.ts";

export const unreadableTransport: Transport = {
  deliver: () => Promise.resolve({ taken: 0, failure: { code: "SecretUnreadable", params: {} } }),
  close: () => Promise.resolve(),
};
