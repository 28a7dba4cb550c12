import type { ReportFramesRequestInit, WindowInit } from "@orrery/schema/performance/v1";

/** Sends windows, each once, and again what did not arrive. */
export interface FrameReports {
  /** A window has ended. Resolves when it was sent, or when it waits for the next one. */
  add(window: WindowInit): Promise<void>;
  /** Windows that were not taken yet. */
  readonly waiting: number;
}

/** Of a report. */
const WINDOWS_MOST = 12;

/**
 * @param send `ReportFrames` of the performance service; what it throws is tried again with the next window
 * @param whom the session of the Welcome, and the device of the Hello
 */
export function createFrameReports(
  send: (report: ReportFramesRequestInit) => Promise<unknown>,
  whom: () => { readonly sessionId: string; readonly deviceId: string },
): FrameReports {
  let first = 1;
  let waiting: WindowInit[] = [];
  let sending = false;
  return {
    get waiting() {
      return waiting.length;
    },
    async add(window) {
      waiting.push(window);
      // Older ones are worth nothing any more; their numbers are not given again.
      const old = Math.max(0, waiting.length - WINDOWS_MOST);
      waiting = waiting.slice(old);
      first += old;
      if (sending) return;
      sending = true;
      const [seq, windows] = [first, [...waiting]];
      try {
        await send({ ...whom(), seq, windows });
        const taken = Math.max(0, seq + windows.length - first);
        waiting = waiting.slice(taken);
        first += taken;
      } catch {
        // It is sent again with the next one: a repeat changes nothing.
      } finally {
        sending = false;
      }
    },
  };
}
