// Reads a list of the Kubernetes API page by page, so that a long list is never in memory as a whole.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
import { textAt } from "../../model/data/fieldReaders.ts";
import type { JsonObject } from "../../model/data/json.ts";
import type { Call, Connection } from "./connection.ts";

/** Maximum number of objects on a page. */
const PAGE = 500;

/** Yields the body of each page. Throws what the connection throws: ApiError, ClusterError. */
export async function* pagesOf(
  connection: Connection,
  { query, ...call }: Pick<Call, "path" | "query" | "accept" | "signal">,
): AsyncGenerator<JsonObject> {
  for (let next = ""; ; ) {
    const page = { ...query, limit: PAGE, ...(next === "" ? {} : { continue: next }) };
    const { body } = await connection.call({ ...call, query: page });
    yield body;
    next = textAt(body, "metadata", "continue");
    if (next === "") return;
  }
}
