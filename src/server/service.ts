// What the parts of one running server share.
import type { RouteName } from "../api/routes.ts";
import type { World } from "../engine/world.ts";

export interface Service {
  readonly world: World;
  readonly version: string;
  readonly heartbeatMilliseconds: number;
  /** Open streams; aborting one ends it. */
  readonly streams: Set<AbortController>;
  /** Aborts when the server stops: no stream begins after that. */
  readonly stopping: AbortSignal;
  /** Throws when an answer is not what the route table promises. For tests: it costs more than the answer itself. */
  readonly checkAnswer?: (name: RouteName, body: unknown) => void;
}
