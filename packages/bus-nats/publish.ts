import { JetStreamApiError, type PubAck } from "@nats-io/jetstream";
import { busErrors, type Clock, frameHead } from "@orrery/bus";
import { type FrameHead, OrreryError } from "@orrery/wire";
import { type Connection, messageOf } from "./connection.ts";
import { headHeaders } from "./frame-message.ts";
import type { Names } from "./names.ts";
import type { Resolved } from "./options.ts";
import type { Streams } from "./streams.ts";

/** A stream that has just lost its leader never answers; a server that has much to do answers late: it is given more each time. */
const FIRST_ACK_MS = 1_500;
const LAST_ACK_MS = 5_000;
const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 1_000;
/** Frames of one call on their way at a time. */
const WINDOW = 64;

interface Outgoing {
  readonly frame: Uint8Array;
  readonly head: FrameHead;
}

export interface Publishing {
  send(frames: readonly Uint8Array[]): Promise<void>;
  close(): void;
}

/**
 * Frames to their world's stream, many on their way at a time, in order. What was not acknowledged is sent again
 * under the same id until `outageMs` have passed: the server drops what it has already.
 */
export function createPublishing(
  { js, unbroken }: Connection,
  clock: Clock,
  names: Names,
  streams: Streams,
  options: Resolved,
  maxFrameBytes: number,
): Publishing {
  let waitingBytes = 0;
  const closing = new AbortController();

  function checked(frame: Uint8Array): Outgoing {
    if (frame.length > maxFrameBytes) {
      throw new OrreryError(busErrors.BUS_FRAME_TOO_LARGE, {
        given: `${frame.length} bytes, limit ${maxFrameBytes}`,
      });
    }
    return { frame, head: frameHead(frame) };
  }

  function one({ frame, head }: Outgoing, timeout: number): Promise<PubAck> {
    return unbroken(
      js.publish(names.frame(head), frame, {
        msgID: `${head.publisher}/${head.firstSequence}/${head.count}`,
        headers: headHeaders(head),
        timeout,
        retries: 0,
      }),
    );
  }

  /** Sends a window; answers what was not acknowledged, in order, and why. */
  async function window(
    batch: readonly Outgoing[],
    timeoutMs: number,
  ): Promise<{ left: Outgoing[]; why: unknown }> {
    const left: Outgoing[] = [];
    let why: unknown;
    const answers = await Promise.allSettled(batch.map((each) => one(each, timeoutMs)));
    for (const [i, answer] of answers.entries()) {
      if (answer.status === "fulfilled") continue;
      left.push(batch[i] as Outgoing);
      why = answer.reason;
    }
    return { left, why };
  }

  async function sendAll(outgoing: readonly Outgoing[]): Promise<void> {
    let left = outgoing;
    const untilMs = clock.now() + options.outageMs;
    let ackMs = FIRST_ACK_MS;
    for (let pauseMs = FIRST_PAUSE_MS; left.length > 0; ) {
      const failure = await attempt(left, Math.min(ackMs, options.outageMs));
      if (failure === undefined) return;
      if (closing.signal.aborted) throw new OrreryError(busErrors.BUS_CLOSED, { given: "while publishing" });
      if (clock.now() >= untilMs || failure.why instanceof JetStreamApiError) throw unknown(failure.why);
      left = failure.left;
      await clock.sleep(pauseMs, closing.signal);
      pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
      ackMs = Math.min(ackMs * 2, LAST_ACK_MS);
    }
  }

  async function attempt(
    batch: readonly Outgoing[],
    timeoutMs: number,
  ): Promise<{ left: Outgoing[]; why: unknown } | undefined> {
    const worlds = new Set(batch.map(({ head }) => head.world));
    try {
      for (const world of worlds) await streams.ensureWorld(world);
    } catch (why) {
      return { left: [...batch], why };
    }
    for (let at = 0; at < batch.length; at += WINDOW) {
      const { left, why } = await window(batch.slice(at, at + WINDOW), timeoutMs);
      if (left.length === 0) continue;
      for (const world of worlds) streams.forget(world);
      return { left: [...left, ...batch.slice(at + WINDOW)], why };
    }
    return undefined;
  }

  const unknown = (cause: unknown) =>
    new OrreryError(busErrors.BUS_OUTCOME_UNKNOWN, { given: messageOf(cause), cause });

  return {
    async send(frames) {
      if (closing.signal.aborted) throw new OrreryError(busErrors.BUS_CLOSED, { given: "publish" });
      const outgoing = frames.map(checked);
      let bytes = 0;
      for (const frame of frames) bytes += frame.length;
      if (waitingBytes > 0 && waitingBytes + bytes > options.outageBytes) {
        throw new OrreryError(busErrors.BUS_THROTTLED, {
          given: `${waitingBytes} bytes wait for the server, limit ${options.outageBytes}`,
        });
      }
      waitingBytes += bytes;
      try {
        await sendAll(outgoing);
      } finally {
        waitingBytes -= bytes;
      }
    },
    close: () => closing.abort(),
  };
}
