// Checks the server's own responses against the route table; only tests turn it on. The type checker sees shapes. This
// check also sees values, and fields that the contract does not have, through which a secret or a database row could
// leak.
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { ROUTES, type Route, type RouteName } from "../../api/routes.ts";

export function checkAnswer(name: RouteName, body: unknown): void {
  const { response }: Route = ROUTES[name];
  const schema = response instanceof z.ZodType ? response : response.events;
  const sent = plain(body);
  const result = schema.safeParse(sent);
  if (!result.success) throw new Error(`the response of ${name} breaks its contract: ${result.error.message}`);
  if (!isDeepStrictEqual(plain(result.data), sent))
    throw new Error(`the response of ${name} has fields that its contract does not have: ${JSON.stringify(sent)}`);
}

/** The value as the client sees it, after JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
