// The outputs of a component that serves a port. The name of its Service is its host within the namespace.
import type { ServedPort } from "./ports.ts";

export function outputsOf(
  name: string,
  ports: readonly ServedPort[],
  scheme: string,
): Readonly<Record<string, string>> {
  const [first] = ports;
  if (first === undefined) return {};
  const address = `${name}:${first.port}`;
  return { host: name, port: String(first.port), address, url: `${scheme}://${address}` };
}
