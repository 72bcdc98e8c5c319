// Something again and again, never twice at the same time, and whatever it throws is told and tried again. Answers how to end it.

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
