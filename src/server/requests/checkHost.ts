// A server on a loopback address answers only requests for loopback host names. Otherwise any web page could reach it
// by making its own host name resolve to 127.0.0.1 (DNS rebinding). Servers on other addresses are protected only by
// their tokens.
import { PlatformError } from "../../model/errors/errors.ts";

/** Throws InvalidRequest when the Host header names another host. */
export function checkHost(configured: string, header: string | undefined): void {
  if (!isLoopback(configured)) return;
  const name = hostname(header);
  if (name !== undefined && (isLoopback(name) || name === configured)) return;
  throw new PlatformError("HostNotServed", { host: (header ?? "-").slice(0, 100) });
}

function isLoopback(name: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(name);
}

function hostname(header: string | undefined): string | undefined {
  const url = `http://${header ?? ""}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
