// Turns a token into the view of the API. The fields are listed one by one, so that no other field of the store is
// shown.
import type { z } from "zod";
import type { TokenView } from "../../api/views.ts";
import type { Token } from "../../ports/store.ts";

export function tokenView({
  id,
  name,
  project,
  role,
  createdAt,
  expiresAt,
  madeBy,
}: Token): z.output<typeof TokenView> {
  return { id, name, project, role, createdAt, expiresAt, madeBy };
}
