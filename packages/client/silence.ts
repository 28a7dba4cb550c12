const DEFAULT_HEARTBEAT_MS = 15_000;
/** The edge says something at least once a heartbeat, and often more. */
const SILENT_HEARTBEATS = 1.5;

/**
 * Notices a line on which nothing comes any more, within two heartbeats, while the socket says nothing of it.
 * @param silent called once, with for how long nothing was heard, ms
 * @returns to be called whenever something was heard
 */
export function watchSilence(
  heartbeatMs: number,
  { now, later }: { now(): number; later(ms: number, run: () => void): void },
  silent: (silentMs: number) => void,
): () => void {
  const beatMs = heartbeatMs > 0 ? heartbeatMs : DEFAULT_HEARTBEAT_MS;
  const everyMs = beatMs / 2;
  let heardMs = now();
  function look(dueMs: number): void {
    // A machine that slept, or a page in the background, has messages waiting that it has not looked at yet.
    if (now() - dueMs > beatMs) heardMs = now();
    const silentMs = now() - heardMs;
    if (silentMs >= SILENT_HEARTBEATS * beatMs) return silent(silentMs);
    next();
  }
  function next(): void {
    const dueMs = now() + everyMs;
    later(everyMs, () => look(dueMs));
  }
  next();
  return () => {
    heardMs = now();
  };
}
