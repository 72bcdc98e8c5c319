// Calls a function at an interval, but never twice at the same time. Errors go to `onError`, and the calls continue.
// Returns a function that ends the calls.

export function repeat(
  milliseconds: number,
  what: () => void | Promise<void>,
  onError: (error: unknown) => void,
): () => void {
  let busy = false;
  const once = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await what();
    } catch (error) {
      onError(error);
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void once(), milliseconds);
  return () => clearInterval(timer);
}
