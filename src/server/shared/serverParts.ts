// What one running server consists of: every route, stream and metric of it is given the same parts.
import type { RouteName } from "../../api/routes.ts";
import type { EngineDependencies } from "../../engine/interface/dependencies.ts";
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
  /** So long may the client of a socket take nothing of what was sent. */
  readonly patienceMilliseconds: number;
  /** Aborts when the server stops: no stream begins after that. */
  readonly stopping: AbortSignal;
  /** Throws when an answer is not what the route table promises. For tests: it costs more than the answer itself. */
  readonly checkAnswer?: (name: RouteName, body: unknown) => void;
}
