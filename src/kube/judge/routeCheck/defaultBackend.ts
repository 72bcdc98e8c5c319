// Recognizes a response that comes from the ingress controller because it has no backend to pass the request on to.
// Controllers do not mark these responses, so they are recognized by their text: Traefik, ingress-nginx, Envoy (Istio,
// Contour, Envoy Gateway), HAProxy and cloud load balancers.
// A program may respond with the same text. For 404, where that is common, checks.ts also asks the program directly.
import type { RouteAnswer } from "./askAddress.ts";

const WORDS: Readonly<Record<number, readonly RegExp[]>> = {
  404: [
    /^404 page not found\s*$/i,
    /default backend - 404/i,
    /<center>(nginx|openresty)/i,
    /response 404 \(backend NotFound\)/i,
    /<h1>404 Not Found<\/h1>\s*The requested URL was not found/i,
  ],
  502: [
    /^bad gateway\s*$/i,
    /<center>(nginx|openresty)/i,
    /upstream connect error/i,
    /502 Bad Gateway/i,
    /Server Error/,
  ],
  503: [
    /^no available server\s*$/i,
    /^service unavailable\s*$/i,
    /<center>(nginx|openresty)/i,
    /^no healthy upstream\s*$/i,
    /upstream connect error/i,
    /503 Service (Temporarily )?Unavailable/i,
  ],
};

export function isDefaultBackend({ status, server, body }: RouteAnswer): boolean {
  const words = WORDS[status];
  if (words === undefined) return false;
  // Envoy answers with an empty body when it knows no route.
  if (body.trim() === "") return /envoy/i.test(server);
  return words.some((one) => one.test(body));
}
