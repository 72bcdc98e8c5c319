// What only the composition root can give to the command line.
import type { Catalog } from "../../catalog/catalog.ts";

/** all: everything in this process · api: answers requests only · worker: drives runs only. The two need a database that processes can share. */
export type ProcessRole = "all" | "api" | "worker";

export interface ServeOptions {
  readonly role: ProcessRole;
  /** Runs that this process drives at the same time; undefined: as many as usual. */
  readonly slots?: number | undefined;
  /** Runs of one project that are under way at the same time, in all processes; undefined: any number. */
  readonly projectLimit?: number | undefined;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Folder of the embedded store and the keys; undefined: inside the state directory. */
  readonly data: string | undefined;
  /** SQLite file or postgres:// address; undefined: SQLite inside `data`. */
  readonly database: string | undefined;
  readonly kubeconfig: string | undefined;
  /** Kubeconfig contexts that the user named; no other cluster is ever touched. */
  readonly contexts: readonly string[];
  /** How long what is old is kept, in milliseconds; null: for ever. What is left out: see engine/upkeep/retention.ts. */
  readonly keep?: Readonly<Partial<Record<"runs" | "logs" | "events" | "revisions", number | null>>>;
  /** Programs that kubeconfigs of registered clusters may name for their credential. */
  readonly allowExec?: readonly string[];
  /** A simulated cluster, named `sandbox`. True when no context was named, unless it was said otherwise. */
  readonly sandbox: boolean;
  /** Folder of Helm charts that documents may name. */
  readonly charts?: string | undefined;
  /** Networks, addresses and names inside that the server may call although documents name them. */
  readonly allowOutgoing?: readonly string[];
  /** How pods and workers reach the server; undefined: its own address. */
  readonly publicUrl?: string | undefined;
}

/** A store that no server has open: `data` with its file and key, or another database. */
export interface DatabaseLocation {
  readonly data?: string | undefined;
  readonly database?: string | undefined;
}

export interface RestoreOptions {
  readonly place: DatabaseLocation;
  /** For errors. */
  readonly file: string;
  readonly records: AsyncIterable<unknown>;
}

export interface Serving {
  readonly url: string;
  readonly role: ProcessRole;
  /** The first token, for this machine's own command line; the server's file holds the same. Empty: a worker takes no requests. */
  readonly token: string;
  /** File in which the token lies. */
  readonly tokenFile: string;
  readonly clusters: readonly {
    readonly name: string;
    readonly kind: "kubernetes" | "sandbox";
    readonly detail?: string;
  }[];
  /** Ends cleanly: no new requests, running jobs are left to be taken up at the next start. */
  stop(): Promise<void>;
  /** Resolves when the server has ended, for whatever reason; rejects when it failed. */
  readonly done: Promise<void>;
}

/** A plug-in that was loaded, as `kubemin plugin list` shows it. */
export interface PluginSummary {
  readonly name: string;
  readonly version: string;
  /** As it was named: a path or a package. */
  readonly source: string;
  readonly components: readonly string[];
  readonly traits: readonly string[];
}

export interface Root {
  readonly version: string;
  /** State directory, see stateHome in localServer.ts. */
  readonly home: string;
  readonly catalog: Catalog;
  readonly plugins: readonly PluginSummary[];
  /** The same with the definitions of these plug-ins (paths or packages) in its catalog. Rejects with a Failure. */
  withPlugins(sources: readonly string[]): Promise<Root>;
  serve(options: ServeOptions): Promise<Serving>;
  backup(place: DatabaseLocation): AsyncIterable<unknown>;
  restore(options: RestoreOptions): Promise<{ readonly rows: number; readonly at: string }>;
}
