import type { Clock } from "@orrery/bus";
import { type Connection, messageOf } from "./connection.ts";
import type { Streams } from "./streams.ts";

/** How often the streams are looked after, ms. */
const LOOK_MS = 2_000;
/** A server that is away for less is no news. */
const AWAY_MS = 3_000;

export interface SuperviseTerms {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly streams: Streams;
  readonly where: string;
  readonly closing: AbortSignal;
  /** Streams were made again: what this process knows and they should hold is written again. */
  restore(made: readonly string[]): Promise<void>;
}

/** What is wrong at the server, told by looking at it again and again; what can be put right is. */
export interface Supervision {
  problems(): readonly string[];
  /** What was lost with streams that had to be made again; it is not wrong any more, and does not come back. */
  losses(): readonly string[];
}

export function supervise(terms: SuperviseTerms): Supervision {
  const { connection, clock, streams, where, closing } = terms;
  const losses = new Map<string, string>();
  let wrong: readonly string[] = [];
  let failing: { readonly sinceMs: number; readonly why: string } | undefined;

  async function look(): Promise<void> {
    try {
      const { made, wrong: found } = await streams.look();
      if (made.length > 0) await terms.restore(made);
      for (const stream of made) {
        const at = new Date(clock.now()).toISOString();
        losses.set(stream, `stream ${stream} was gone and was made again at ${at}: what it held is lost`);
      }
      wrong = found;
      failing = undefined;
    } catch (error) {
      failing = { sinceMs: failing?.sinceMs ?? clock.now(), why: messageOf(error) };
    }
  }

  async function run(): Promise<void> {
    while (!closing.aborted) {
      await clock.sleep(LOOK_MS, closing);
      if (!closing.aborted && connection.awaySinceMs() === undefined) await look();
    }
  }
  void run();

  return {
    problems() {
      const nowMs = clock.now();
      const awayMs = connection.awaySinceMs();
      if (awayMs !== undefined && nowMs - awayMs > AWAY_MS)
        return [
          `no NATS server answers at ${where} for ${Math.round((nowMs - awayMs) / 1000)} s: start it, or look at the network; what is published waits`,
        ];
      if (failing !== undefined && nowMs - failing.sinceMs > AWAY_MS)
        return [`the streams cannot be looked at (${failing.why}): look at the server's log`];
      return wrong;
    },
    losses: () => [...losses.values()],
  };
}
