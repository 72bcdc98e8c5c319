// All pages of a list as one, for tables and for names.
interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** In the API's own shape: `next` is null, for nothing is left. */
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
