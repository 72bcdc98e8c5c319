// The values that all parts of one running server share.
import type { RouteName } from "../../api/routes.ts";
import type { EngineDependencies } from "../../engine/contract/dependencies.ts";
import type { Registry } from "../../jobTypes/registry/registry.ts";
import type { Streams } from "./openStreams.ts";
import type { WaitPool } from "./waitPool.ts";

export interface ServerParts {
  readonly dependencies: EngineDependencies;
  readonly registry: Registry;
  readonly version: string;
  readonly heartbeatMilliseconds: number;
  readonly waits: WaitPool;
  readonly streams: Streams;
  /** Milliseconds for which the client of a WebSocket may take nothing of what was sent. */
  readonly patienceMilliseconds: number;
  /** Aborts when the server stops: no stream is opened after that. */
  readonly stopping: AbortSignal;
  /**
   * Throws when a response does not match the route table. Only for tests, because the check costs more than the
   * response itself.
   */
  readonly checkAnswer?: (name: RouteName, body: unknown) => void;
}
