// The interface through which the command line reaches the rest of the program: the catalog, the server, backups,
// plug-ins. src/main.ts implements it.
import type { Catalog } from "../../catalog/catalog.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";

/**
 * `api` only answers requests, `worker` only drives runs, `all` does both. `api` and `worker` need a database that
 * processes can share.
 */
export type ProcessRole = "all" | "api" | "worker";

export interface ServeOptions {
  readonly role: ProcessRole;
  /** How many runs this process drives at the same time. Default: `SLOTS` in dispatch/inProcess.ts. */
  readonly slots?: number | undefined;
  /** How many runs of one project may be in progress at the same time, in all processes. Default: no limit. */
  readonly projectLimit?: number | undefined;
  readonly host: string;
  /** The port; 0 for any free port. */
  readonly port: number;
  /** The folder with the SQLite database and the key. Default: a folder in the state directory. */
  readonly data: string | undefined;
  /** The SQLite file or postgres:// address of the database. Default: a SQLite file in `data`. */
  readonly database: string | undefined;
  readonly kubeconfig: string | undefined;
  /** The kubeconfig contexts that the user named. Clusters of other contexts are never called. */
  readonly contexts: readonly string[];
  /** How long old data is kept, in milliseconds; `null` for ever. Defaults: engine/upkeep/retention.ts. */
  readonly keep?: Readonly<Partial<Record<"runs" | "logs" | "events" | "revisions", number | null>>>;
  /** The programs that kubeconfigs of registered clusters may run to get a credential. */
  readonly allowExec?: readonly string[];
  /**
   * Whether there is a simulated cluster, named `sandbox`. `true` if the user named no context, unless --no-sandbox is
   * given.
   */
  readonly sandbox: boolean;
  /** The nodes of the sandbox. Default: the table of src/sandbox/nodes. */
  readonly sandboxNodes?: readonly Manifest[] | undefined;
  /** The folder of Helm charts that documents may name. Default: no such folder. */
  readonly charts?: string | undefined;
  /** Internal networks, addresses and names that documents may have the server call. All others are refused. */
  readonly allowOutgoing?: readonly string[];
  /** The address at which pods and workers reach the server. Default: the address on which it listens. */
  readonly publicUrl?: string | undefined;
}

/** A database that no server has open: the SQLite file in the folder `data`, or the one that `database` names. */
export interface DatabaseLocation {
  readonly data?: string | undefined;
  readonly database?: string | undefined;
}

export interface RestoreOptions {
  readonly place: DatabaseLocation;
  /** The name of the backup file, for error messages. */
  readonly file: string;
  readonly records: AsyncIterable<unknown>;
}

export interface Serving {
  readonly url: string;
  readonly role: ProcessRole;
  /** The token for the command line on this machine, as in `tokenFile`; empty for a worker, which serves no users. */
  readonly token: string;
  /** The file that contains the token; empty for a worker. */
  readonly tokenFile: string;
  readonly clusters: readonly {
    readonly name: string;
    readonly kind: "kubernetes" | "sandbox";
    readonly detail?: string;
  }[];
  /**
   * Stops cleanly. The server takes no new requests; another process or the next start continues the unfinished runs.
   */
  stop(): Promise<void>;
  /** Resolves when the server has stopped; rejects if stopping failed. */
  readonly done: Promise<void>;
}

/** A loaded plug-in, as `kubemin plugin list` shows it. */
export interface PluginSummary {
  readonly name: string;
  readonly version: string;
  /** The path or package as the user named it. */
  readonly source: string;
  readonly components: readonly string[];
  readonly traits: readonly string[];
}

export interface Root {
  readonly version: string;
  /** The state directory: `stateHome` in cli/reach/localServer.ts. */
  readonly home: string;
  readonly catalog: Catalog;
  readonly plugins: readonly PluginSummary[];
  /**
   * A root whose catalog also contains the definitions of these plug-ins (paths or packages). Rejects with a `Failure`.
   */
  withPlugins(sources: readonly string[]): Promise<Root>;
  serve(options: ServeOptions): Promise<Serving>;
  backup(place: DatabaseLocation): AsyncIterable<unknown>;
  restore(options: RestoreOptions): Promise<{ readonly rows: number; readonly at: string }>;
}
