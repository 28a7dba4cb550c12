import { OrreryError } from "@orrery/wire";
import type { Clock } from "./clock.ts";
import { busErrors } from "./errors.ts";
import { frameHead } from "./head.ts";
import { messageOf } from "./retry.ts";
import type { DeadLetter, Transport } from "./transport.ts";

export interface RedriveOptions {
  /** True, the default: only counts. */
  readonly dryRun?: boolean;
  /** Events a second, 1..10,000. Default 100. */
  readonly ratePerS?: number;
  /** At most this many. */
  readonly max?: number;
  readonly filter?: (letter: DeadLetter) => boolean;
  /** Who asks, and why: both travel in `bus.v1.Redriven`. */
  readonly by?: string;
  readonly note?: string;
  readonly signal?: AbortSignal;
  /** Told of each letter once it is sent, or refused; awaited before the next one. */
  readonly settled?: (letter: DeadLetter, sent: boolean) => Promise<void>;
}

export interface RedriveReport {
  readonly dryRun: boolean;
  readonly matched: number;
  readonly sent: number;
  /** What has no header that could be read, and letters somebody else took meanwhile. */
  readonly refused: number;
  readonly byType: Readonly<Record<string, number>>;
  readonly byCode: Readonly<Record<string, number>>;
}

const PAGE = 500;

/** Every dead letter of a subscription, oldest entry first. */
export async function* allDeadLetters(
  transport: Transport,
  subscription: string,
): AsyncGenerator<DeadLetter> {
  for (let after: string | undefined; ; ) {
    const page = await transport.deadLetters(subscription, {
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    yield* page;
    if (page.length < PAGE) return;
    after = page[page.length - 1]?.entryId;
  }
}

/**
 * Sends each chosen letter once to its own subscription, in sequence order per publisher, at the rate. What
 * fails again becomes a new entry, one generation up.
 */
export async function redrive(
  transport: Transport,
  clock: Clock,
  subscription: string,
  given: RedriveOptions,
  tell: (letter: DeadLetter, sent: boolean) => void,
): Promise<RedriveReport> {
  const { dryRun = true, ratePerS = 100, max = Infinity, filter = () => true, signal } = given;
  if (!(ratePerS >= 1 && ratePerS <= 10_000)) {
    throw new OrreryError(busErrors.BUS_BAD_OPTION, { given: `ratePerS ${ratePerS}, range 1..10,000` });
  }
  if (!transport.features.redrive) {
    throw new OrreryError(busErrors.BUS_FEATURE_MISSING, { given: `redrive, ${transport.features.name}` });
  }
  const chosen: DeadLetter[] = [];
  for await (const letter of allDeadLetters(transport, subscription)) {
    if (chosen.length >= max) break;
    if (filter(letter)) chosen.push(letter);
  }
  chosen.sort((a, b) =>
    a.publisher < b.publisher ? -1 : a.publisher > b.publisher ? 1 : a.sequence - b.sequence,
  );
  const report = {
    dryRun,
    matched: chosen.length,
    byType: tally(chosen, "type"),
    byCode: tally(chosen, "code"),
  };
  if (dryRun) return { ...report, sent: 0, refused: 0 };

  let sent = 0;
  let refused = 0;
  const beganMs = clock.now();
  for (const letter of chosen) {
    const aheadMs = beganMs + ((sent + refused) * 1000) / ratePerS - clock.now();
    if (aheadMs > 0) await clock.sleep(aheadMs, signal);
    if (signal?.aborted) break;
    const done = canBeRead(letter) && (await sendAgain(transport, subscription, letter));
    if (done) sent++;
    else refused++;
    tell(letter, done);
    await given.settled?.(letter, done);
  }
  return { ...report, sent, refused };
}

/** A frame that nobody here could read may be read by now; one without so much as a header never will be. */
function canBeRead({ contentType, frame }: DeadLetter): boolean {
  if (contentType !== "frame") return true;
  try {
    frameHead(frame);
    return true;
  } catch {
    return false;
  }
}

/** False when somebody else took the letter meanwhile; other failures are the caller's. */
async function sendAgain(transport: Transport, subscription: string, letter: DeadLetter): Promise<boolean> {
  try {
    await transport.requeue(subscription, letter.frame, {
      delayMs: 0,
      attempt: 1,
      generation: letter.generation + 1,
      entryId: letter.entryId,
    });
    return true;
  } catch (error) {
    if (error instanceof OrreryError && error.code === busErrors.BUS_DEAD_LETTER_UNKNOWN.code) return false;
    throw new OrreryError(busErrors.BUS_THROTTLED, { given: `redrive: ${messageOf(error)}`, cause: error });
  }
}

function tally(letters: readonly DeadLetter[], field: "type" | "code"): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const letter of letters) counts[letter[field]] = (counts[letter[field]] ?? 0) + 1;
  return counts;
}
