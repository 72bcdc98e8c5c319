// A token without its secret, field by field: whatever else the store may know of it stays there.
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
