// Fetches all pages of a list of the API and joins them.
interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** All items in the API's format. `next` is `null`, because no page is left. */
export async function allPages<T>(
  ask: (after: { after?: string }) => Promise<Page<T>>,
): Promise<{ items: T[]; next: null }> {
  const items: T[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await ask(after === undefined ? {} : { after });
    items.push(...page.items);
    after = page.next;
  }
  return { items, next: null };
}
