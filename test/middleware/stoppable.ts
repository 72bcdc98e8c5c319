/** A part of a middleware that a test starts and stops. */
export interface Stoppable {
  stop(): Promise<void>;
}
