import { CheckedSource, CheckResult, type Sighting } from "@orrery/schema/engine/v1";
import type { Kit } from "@orrery/service";
import { isError, type MessageOf, OrreryError } from "@orrery/wire";
import type { Config } from "../config.ts";
import { engineErrors } from "../errors.ts";
import { listsAll, readerOf } from "../feeds/read.ts";
import type { Answer } from "../feeds/reader.ts";
import { getter } from "../feeds/request.ts";
import { keeper } from "../keep/keeper.ts";
import type { Turn } from "../keep/turn.ts";
import { GONE_MS } from "../sightings/decide.ts";
import { record } from "../sightings/record.ts";
import { announce } from "../notices/announce.ts";
import { subjects } from "../subjects/part.ts";
import type { WatchedSource } from "../subjects/read.ts";
import type { EngineTables } from "../tables.ts";
import { FAILING, type Failure, failed, reached } from "./status.ts";
import { described, putReading, putSource, readReading, readSource } from "./store.ts";

export type Checked = MessageOf<typeof CheckedSource>;

export interface PollTerms {
  /** What is kept of it is sorted again, though nothing changed there: its patterns may be others. */
  readonly anew: boolean;
  readonly signal: AbortSignal;
  /** Host's clock, Unix ms: no request to its host before that. */
  limited(untilMs: number): void;
}

/** Reads a source once, and writes down what came of it. @throws ENGINE_STORE_AWAY, SERVICE_NOT_READY */
export async function poll(kit: Kit, source: WatchedSource, terms: PollTerms): Promise<Checked> {
  const before = await readReading(kit.store.as<EngineTables>(), source.id);
  let rateLeft: number | undefined;
  let untilMs: number | undefined;
  const get = getter({
    clock: kit.clock,
    nowMs: () => kit.hostMs(),
    ...tokenOf(source),
    signal: terms.signal,
    heard(left, until) {
      rateLeft = left;
      untilMs = until;
      if (until !== undefined) terms.limited(until);
    },
  });
  let answer: Answer | Failure;
  try {
    const read = readerOf(source.kind);
    if (read === undefined) throw new TypeError(`${source.id} is pushed, and not read`);
    answer = await read({ source, before, folder: kit.part(subjects).folder, get });
    const had = before?.pages.some((page) => page.entries.length > 0) ?? false;
    // Nothing where there was something says that it was not understood, not that all of it is gone.
    if (answer.entries.length === 0 && had)
      throw new OrreryError(engineErrors.ENGINE_FEED, { given: `${source.id} lists nothing any more` });
  } catch (error) {
    if (terms.signal.aborted) throw error;
    answer = failureOf(error, untilMs, tokenOf(source).token);
  }
  const settled = answer;
  return kit.part(keeper).submit({
    reply: CheckedSource,
    run: (turn) =>
      "kind" in settled
        ? settleFailure(kit, turn, source, settled)
        : settle(kit, turn, source, settled, { anew: terms.anew, rateLeft, untilMs }),
  });
}

function tokenOf({ token_env: tokenEnv = "" }: WatchedSource) {
  const token = tokenEnv === "" ? undefined : process.env[tokenEnv] || undefined;
  return { token, tokenEnv };
}

function failureOf(error: unknown, untilMs: number | undefined, token: string | undefined): Failure {
  const words = error instanceof OrreryError ? error.message : `ENGINE_FEED: ${String(error)}`;
  // Whoever is asked may say what it was sent.
  const reason = token === undefined ? words : words.replaceAll(token, "…");
  if (isError(error, engineErrors.ENGINE_SOURCE_LIMITED))
    return { kind: "limited", reason, untilMs: untilMs ?? 0 };
  return {
    kind: isError(error, engineErrors.ENGINE_SOURCE_UNAUTHORISED) ? "unauthorised" : "failed",
    reason,
  };
}

const live = (kit: Kit) => (kit.config as Config).live;

async function settleFailure(
  kit: Kit,
  turn: Turn,
  source: WatchedSource,
  failure: Failure,
): Promise<Checked> {
  const before = described(source, await readSource(turn.db, source.id), live(kit));
  const after = failed(before, failure, turn.nowMs);
  await putSource(turn.db, after);
  const { id, subjectId } = source;
  if (after.failures === FAILING)
    turn.after(() => kit.log.error({ source: id, reason: failure.reason }, "a source fails again and again"));
  else turn.after(() => kit.log.warn({ source: id, reason: failure.reason }, "a source was not read"));
  return checked(id, subjectId, CheckResult.FAILED, failure.reason);
}

const checked = (sourceId: string, subjectId: string, result: CheckResult, reason = ""): Checked => ({
  $typeName: "engine.v1.CheckedSource",
  ...{ sourceId, subjectId, result, reason },
});

async function settle(
  kit: Kit,
  turn: Turn,
  source: WatchedSource,
  answer: Answer,
  now: {
    readonly anew: boolean;
    readonly rateLeft: number | undefined;
    readonly untilMs: number | undefined;
  },
): Promise<Checked> {
  const before = described(source, await readSource(turn.db, source.id), live(kit));
  const { missingSinceMs } = before;
  const isGoneDue = missingSinceMs > 0 && turn.nowMs - missingSinceMs >= GONE_MS;
  const isLooked = !answer.unchanged || now.anew || isGoneDue;
  const { sources, must } = kit.part(subjects);
  const recorded = isLooked
    ? await record(
        turn,
        must(source.subjectId),
        readSourceOf(source, before.lastOkMs === 0, answer.whole),
        answer.entries,
      )
    : undefined;
  if (!answer.unchanged) await putReading(turn.db, source.id, answer.kept);
  if (recorded !== undefined) await announce(kit, turn, recorded.announced);
  const after = reached(before, {
    nowMs: turn.nowMs,
    intervalMs: source.interval_s * 1_000,
    unparsed: recorded?.unparsed ?? before.unparsed,
    changed: recorded?.changed ?? false,
    rateLeft: now.rateLeft,
    limitedUntilMs: now.untilMs,
    missingSinceMs: recorded === undefined ? missingSinceMs : missingSince(recorded.sightings, source.id),
  });
  await putSource(turn.db, after);
  const result = recorded?.changed ? CheckResult.CHANGED : CheckResult.UNCHANGED;
  return checked(source.id, source.subjectId, result);

  function readSourceOf(of: WatchedSource, first: boolean, whole: boolean) {
    const isWhole = (id: string) => listsAll(sources.get(id)?.kind ?? "push");
    return { sourceId: of.id, subjectId: of.subjectId, whole, first, nowMs: turn.nowMs, isWhole };
  }
}

/** Since when the longest of what it may have lost is missing; 0: nothing is. */
function missingSince(sightings: ReadonlyMap<string, Sighting>, sourceId: string): number {
  let since = 0;
  for (const { missing } of sightings.values())
    for (const mark of missing)
      if (mark.sourceId === sourceId && !mark.confirmed && (since === 0 || mark.sinceMs < since))
        since = mark.sinceMs;
  return since;
}
