// Is this the program's answer, or that of the controller because it has nobody to pass the request on to? Controllers do not say so;
// they are known by their words. Words of: Traefik, ingress-nginx, Envoy (Istio, Contour, Envoy Gateway), HAProxy, cloud load balancers.
// A program may say the same; for 404, where that is usual, the program itself is asked too (see checks.ts).
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
  // Envoy answers with nothing at all when it knows no route.
  if (body.trim() === "") return /envoy/i.test(server);
  return words.some((one) => one.test(body));
}
