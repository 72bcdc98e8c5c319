// Loaded into a server before its own code (node --import). It ends the server with SIGKILL at a chosen write, counted
// from the creation of the first run: with KUBEMIN_KILL_AT=7:before just before the seventh commit is sent, with
// 7:after right after the database has stored it. It changes nothing else.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const load = createRequire(resolve(import.meta.dirname, "../../package.json"));
const [count = "", when = ""] = (process.env["KUBEMIN_KILL_AT"] ?? "").split(":");
const fatal = Number(count);
let writes = 0;
let counting = false;

/**
 * Whether this statement stores something permanently. A commit counts, even if its transaction wrote nothing, which
 * does no harm.
 */
function lasts(text: string, inTransaction: boolean): boolean {
  counting ||= /^\s*insert into "runs"/i.test(text);
  if (!counting) return false;
  return /^\s*commit/i.test(text) || (!inTransaction && /^\s*(insert|update|delete|with)\b/i.test(text));
}

/** Counts a write; returns what to do once it is stored. */
function write(): () => void {
  writes += 1;
  const die = (): void => void process.kill(process.pid, "SIGKILL");
  if (writes !== fatal) return () => {};
  if (when === "before") die();
  return die;
}

interface Statement {
  run(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown;
}
interface Connection {
  readonly inTransaction: boolean;
  prepare: (this: Connection, text: string) => Statement;
}
interface Sqlite {
  prototype: Connection;
}

function watchSqlite({ prototype }: Sqlite): void {
  const prepare = prototype.prepare;
  prototype.prepare = function (text) {
    const statement = prepare.call(this, text);
    for (const method of ["run", "all"] as const) {
      const original = statement[method].bind(statement);
      statement[method] = (...parameters) => {
        const kept = lasts(text, this.inTransaction) ? write() : () => {};
        const result = original(...parameters);
        kept();
        return result;
      };
    }
    return statement;
  };
}

type Query = (this: object, ...words: unknown[]) => unknown;
interface Postgres {
  Client: { prototype: { query: Query } };
}

function watchPostgres({ Client: { prototype } }: Postgres): void {
  const query = prototype.query;
  const transactions = new WeakSet<object>();
  prototype.query = function (...words) {
    const text = typeof words[0] === "string" ? words[0] : "";
    // pg-boss sends a whole transaction as one text.
    const whole = /\bcommit;?\s*$/i.test(text);
    if (/^\s*begin/i.test(text) && !whole) transactions.add(this);
    const kept = lasts(whole ? "commit" : text, transactions.has(this)) ? write() : () => {};
    if (/^\s*(commit|rollback)/i.test(text)) transactions.delete(this);
    const result = query.apply(this, words);
    if (result instanceof Promise) void result.then(kept, () => undefined);
    return result;
  };
}

watchSqlite(load("better-sqlite3") as Sqlite); // `require` has no types.
watchPostgres(load("pg") as Postgres);
