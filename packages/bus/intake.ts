import { type Clock, nextTurn } from "./clock.ts";
import type { Consumer, Delivery } from "./transport.ts";

/** Permits: how many frames and bytes may be here, leased and not yet settled. */
export interface Permits {
  readonly frames: number;
  readonly bytes: number;
  /** The transport's largest frame: a pull waits until one surely fits. */
  readonly largest: number;
}

export interface Intake {
  readonly frames: number;
  readonly bytes: number;
  /** A frame has left. */
  release(bytes: number): void;
  pause(): void;
  resume(): void;
  /** Ends pulling for good; resolves when no pull is under way. */
  stop(): Promise<void>;
}

export interface IntakeEvents {
  accept(deliveries: readonly Delivery[]): void;
  /** Pulling failed; it is tried again. */
  failing(error: unknown): void;
  pulled(): void;
}

const FAILING_PAUSE_MS = 200;
/** Pulls that may follow each other before timers and sockets get their turn. */
const PULLS_PER_TURN = 16;

/** Pulls as long as permits are left: the backpressure of a subscription. */
export function createIntake(
  consumer: Consumer,
  permits: Permits,
  clock: Clock,
  events: IntakeEvents,
): Intake {
  const stopping = new AbortController();
  let frames = 0;
  let bytes = 0;
  let paused = false;
  let opened: PromiseWithResolvers<void> | undefined;

  const hasRoom = () => !paused && frames < permits.frames && permits.bytes - bytes >= permits.largest;

  function open(): void {
    if (opened === undefined || !(hasRoom() || stopping.signal.aborted)) return;
    opened.resolve();
    opened = undefined;
  }

  async function run(): Promise<void> {
    for (let pulls = 1; !stopping.signal.aborted; pulls++) {
      if (!hasRoom()) {
        await (opened ??= Promise.withResolvers<void>()).promise;
        continue;
      }
      try {
        const deliveries = await consumer.pull(
          permits.frames - frames,
          permits.bytes - bytes,
          stopping.signal,
        );
        for (const delivery of deliveries) {
          frames++;
          bytes += delivery.frame.length;
        }
        events.pulled();
        events.accept(deliveries);
      } catch (error) {
        events.failing(error);
        await clock.sleep(FAILING_PAUSE_MS, stopping.signal);
      }
      if (pulls % PULLS_PER_TURN === 0) await nextTurn();
    }
  }

  const running = run();
  return {
    get frames() {
      return frames;
    },
    get bytes() {
      return bytes;
    },
    release(size) {
      frames--;
      bytes -= size;
      open();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      open();
    },
    async stop() {
      stopping.abort();
      open();
      await running;
    },
  };
}
