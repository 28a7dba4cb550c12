import type { Interceptor } from "@connectrpc/connect";
import { failureOf } from "@orrery/service";
import { wasUnwritten } from "./on-another-connection.ts";

/** What the door says to whoever asks too much at once: nothing was done, and it may be asked again. */
const TOO_FAST = "ROUTER_RATE_LIMITED";
/** The door may close a connection on whoever is too fast, before all was written: it says nothing then. */
const UNSAID_MS = 100;
/** So often one call waits: who shares a token with many others is let through in the end, or told. */
const WAITS = 50;

/** Whoever asks for much in one go waits as long as the door says, and asks again. */
export const waitAsTold =
  (sleep: (ms: number) => Promise<void>): Interceptor =>
  (next) =>
  async (request) => {
    for (let waits = 0; ; waits++)
      try {
        return await next(request);
      } catch (error) {
        const { code, retryAfterMs } = failureOf(error);
        const unwritten = wasUnwritten(error);
        if (request.stream || waits === WAITS || !(code === TOO_FAST || unwritten)) throw error;
        await sleep(unwritten ? UNSAID_MS : Math.max(1, retryAfterMs));
      }
  };
