// The transport of a sink whose sealed secret cannot be opened: it delivers nothing and reports SecretUnreadable.
import type { SinkTransport } from "./transport.ts";

export const unreadableTransport: SinkTransport = {
  deliver: () => Promise.resolve({ taken: 0, failure: { code: "SecretUnreadable", params: {} } }),
  close: () => Promise.resolve(),
};
