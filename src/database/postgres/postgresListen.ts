// Listens for events that other processes committed. After each reconnect it notifies the subscribers, because it may
// have missed notifications in between.
import { Client } from "pg";
import { EVENT_CHANNEL } from "../connection/dialect.ts";

export interface Listening {
  close(): Promise<void>;
}

interface ListenOptions {
  readonly url: string;
  /** Payload of the notifications of this process, which are ignored. */
  readonly origin: string;
  readonly wake: () => void;
}

const FIRST_RETRY_MILLISECONDS = 100;
const LAST_RETRY_MILLISECONDS = 5000;
/** A connection that a firewall dropped gives no error. Only a query without an answer shows it. */
const CHECK_MILLISECONDS = 30_000;
const ANSWER_MILLISECONDS = 10_000;

/**
 * Resolves when it listens; rejects when the first connection fails. Later connections are repeated until it is closed.
 */
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
    // Without this listener, a broken connection would end the process. The event "end" follows and starts the
    // reconnect.
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
