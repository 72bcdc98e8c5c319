// Opaque cursors for paged lists. A cursor contains the key of the last row of a page, so that rows that are added or
// removed between two pages neither repeat nor hide other rows.
import { InvalidCursor, type Page, type Paged } from "../../ports/store.ts";

type PagedList = "applications" | "all-applications" | "revisions" | "runs";

function cursorOf(list: PagedList, key: string | number): string {
  return Buffer.from(JSON.stringify([list, key])).toString("base64url");
}

function keyOf(list: PagedList, cursor: string): unknown {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parts) && parts.length === 2 && parts[0] === list) return parts[1];
  } catch {
    // The text is not JSON; it is refused below.
  }
  throw new InvalidCursor();
}

export function textAfter(list: PagedList, page: Page): string | undefined {
  if (page.after === undefined) return undefined;
  const key = keyOf(list, page.after);
  if (typeof key !== "string") throw new InvalidCursor();
  return key;
}

export function numberAfter(list: PagedList, page: Page): number | undefined {
  if (page.after === undefined) return undefined;
  const key = keyOf(list, page.after);
  if (typeof key !== "number" || !Number.isSafeInteger(key)) throw new InvalidCursor();
  return key;
}

/** Number of rows to read: one more than the page has shows whether there is another page. */
export function rowsFor(page: Page): number {
  if (!Number.isSafeInteger(page.limit) || page.limit < 1)
    throw new RangeError(`a page needs a limit of at least 1, not ${page.limit}`);
  return page.limit + 1;
}

interface PageShape<Row, Item> {
  readonly list: PagedList;
  readonly key: (row: Row) => string | number;
  readonly item: (row: Row) => Item;
}

export function pageOf<Row, Item>(rows: readonly Row[], page: Page, shape: PageShape<Row, Item>): Paged<Item> {
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const more = rows.length > page.limit && last !== undefined;
  return { items: shown.map(shape.item), next: more ? cursorOf(shape.list, shape.key(last)) : null };
}
