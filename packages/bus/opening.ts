import { OrreryError } from "@orrery/wire";
import type { Clock } from "./clock.ts";
import type { Labels, Log } from "./observe.ts";
import type { PersonalFrames } from "./personal-frames.ts";
import { type Backoff, backoffMs, messageOf } from "./retry.ts";
import type { Work } from "./work.ts";

export interface OpeningTerms {
  /** Undefined: frames are handed over as they came. */
  readonly personal: PersonalFrames | undefined;
  readonly wants: (type: string) => boolean;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly log: Log;
  readonly labels: Labels;
  readonly closing: AbortSignal;
  accept(works: readonly Work[]): void;
  /** Its seals are broken: it is given up whole. */
  giveUp(work: Work, error: unknown): Promise<void>;
}

/** Opens personal fields of frames before they are handled. */
export interface Opening {
  handOver(works: readonly Work[]): void;
}

export function createOpening(terms: OpeningTerms): Opening {
  const { personal, wants, clock, log, labels, closing, accept } = terms;
  /** Frames whose personal fields are being opened, and those behind them. */
  let opening: Promise<void> | undefined;

  function isSealed({ frame }: Work): boolean {
    return personal?.concerns(frame.types) === true && personal.concerns(frame.types.filter(wants));
  }

  /** Keys are fetched while the lease is renewed; what comes behind waits, so that nothing is overtaken. */
  function openThenHandOver(works: readonly Work[]): void {
    const own = (opening ?? Promise.resolve()).then(async () => {
      for (const work of works) if (isSealed(work)) await open(work);
      accept(works.filter(({ lost, finished }) => !lost && !finished));
      if (opening === own) opening = undefined;
    });
    opening = own;
  }

  /** Tries until the keys are there; a frame whose seals are broken becomes a dead letter whole. */
  async function open(work: Work): Promise<void> {
    for (let attempt = 1; !work.lost && !work.finished && !closing.aborted; attempt++) {
      try {
        work.opened = (await personal?.openFrame(work.frame)) ?? work.frame;
        work.cursor = work.opened.cursor();
        return;
      } catch (error) {
        log.warn({ ...labels, error: messageOf(error) }, "personal fields cannot be opened");
        if (error instanceof OrreryError && !error.retryable) return terms.giveUp(work, error);
        await clock.sleep(backoffMs(terms.backoff, attempt), closing);
      }
    }
  }

  return {
    handOver(works) {
      if (opening === undefined && !works.some(isSealed)) accept(works);
      else openThenHandOver(works);
    },
  };
}
