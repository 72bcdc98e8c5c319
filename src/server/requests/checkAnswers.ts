// The server's check of its own answers, switched on by tests: the type checker sees shapes, this sees values,
// and fields that the contract does not know (where a secret or a row of the store could slip out).
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { ROUTES, type Route, type RouteName } from "../../api/routes.ts";

export function checkAnswer(name: RouteName, body: unknown): void {
  const { response }: Route = ROUTES[name];
  const schema = response instanceof z.ZodType ? response : response.events;
  const sent = plain(body);
  const result = schema.safeParse(sent);
  if (!result.success) throw new Error(`${name} answers against its contract: ${result.error.message}`);
  if (!isDeepStrictEqual(plain(result.data), sent))
    throw new Error(`${name} answers with fields that its contract does not know: ${JSON.stringify(sent)}`);
}

/** As the client sees it. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
