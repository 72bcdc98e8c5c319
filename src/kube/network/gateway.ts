// The addresses of a Gateway: each address that its controller published, with the port of each HTTP or HTTPS listener.

import { listAt, numberAt, textAt } from "../../model/data/fieldReaders.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";

interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** `listener` is the name of one listener; empty for all of them. */
export function gatewayAddresses(gateway: Manifest, listener = ""): readonly GatewayAddress[] {
  const listeners = listAt(gateway, "spec", "listeners").filter(
    (one) => listener === "" || textAt(one, "name") === listener,
  );
  const ports = listeners.flatMap((one) => {
    const protocol = textAt(one, "protocol");
    return protocol === "HTTP" || protocol === "HTTPS"
      ? [{ port: numberAt(one, "port"), secure: protocol === "HTTPS" }]
      : [];
  });
  return listAt(gateway, "status", "addresses").flatMap((address) =>
    ports.map((port) => ({ host: textAt(address, "value"), ...port })),
  );
}
