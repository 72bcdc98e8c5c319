// Hears of events that other processes committed. Loses none: after every reconnect the subscribers are woken, because nobody
// knows what was missed in between.
import { Client } from "pg";
import { EVENT_CHANNEL } from "../connection/dialect.ts";

export interface Listening {
  close(): Promise<void>;
}

interface ListenOptions {
  readonly url: string;
  /** Notifications with this payload are our own. */
  readonly origin: string;
  readonly wake: () => void;
}

const FIRST_RETRY_MILLISECONDS = 100;
const LAST_RETRY_MILLISECONDS = 5000;
/** A connection that a firewall dropped says nothing; only a question that stays unanswered shows it. */
const CHECK_MILLISECONDS = 30_000;
const ANSWER_MILLISECONDS = 10_000;

/** Resolves once it hears; fails when the first connection does. Later ones are tried until it is closed. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const connection = new ListenConnection(options);
  try {
    await connection.connect();
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { close: () => connection.close() };
}

class ListenConnection {
  readonly #options: ListenOptions;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #delay = FIRST_RETRY_MILLISECONDS;
  #closed = false;

  constructor(options: ListenOptions) {
    this.#options = options;
  }

  async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#options.url,
      application_name: "kubemin events",
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MILLISECONDS,
      query_timeout: ANSWER_MILLISECONDS,
    });
    this.#client = client;
    client.on("notification", ({ payload }) => {
      if (payload !== this.#options.origin) this.#options.wake();
    });
    // Without this listener a broken connection would end the process; `end` follows it and does the work.
    client.on("error", () => undefined);
    await client.connect();
    await client.query(`listen ${EVENT_CHANNEL}`);
    client.on("end", () => this.#lost(client));
    this.#delay = FIRST_RETRY_MILLISECONDS;
    this.#checkLater(client);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  #checkLater(client: Client): void {
    if (!this.#isCurrent(client)) return;
    this.#timer = setTimeout(() => {
      client.query("select 1").then(
        () => this.#checkLater(client),
        () => this.#lost(client),
      );
    }, CHECK_MILLISECONDS).unref();
  }

  #isCurrent(client: Client): boolean {
    return !this.#closed && this.#client === client;
  }

  #lost(client: Client): void {
    if (!this.#isCurrent(client)) return;
    this.#client = undefined;
    clearTimeout(this.#timer);
    client.end().catch(() => undefined);
    this.#retryLater();
  }

  #retryLater(): void {
    this.#timer = setTimeout(() => {
      this.connect().then(
        () => this.#options.wake(),
        () => this.#retryAfterFailure(),
      );
    }, this.#delay).unref();
    this.#delay = Math.min(this.#delay * 2, LAST_RETRY_MILLISECONDS);
  }

  #retryAfterFailure(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.end().catch(() => undefined);
    if (!this.#closed) this.#retryLater();
  }
}
