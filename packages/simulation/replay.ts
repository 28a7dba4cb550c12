import type { IntakeCommitted, StateCheckpoint, StateSegment } from "@orrery/schema/bus/v1";
import { serviceErrors } from "@orrery/service";
import { type EventId, isError, type OrreryError } from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import { eventsOf, readCheckpoint } from "./checkpoint.ts";
import { type Difference, firstDifference, refusal, unlike } from "./difference.ts";
import { digestFrames } from "./outgoing.ts";
import { openCommand, openEvent, sealFrames, type Sealer, type Wholes, writesPersonal } from "./personal.ts";
import { StateTorn } from "./state/read.ts";
import { digestOf } from "./state/whole.ts";
import { isSameCode } from "./version/same.ts";
import { type Handlers, handlersOf, type Incoming, openShard, type Shard } from "./shard.ts";

/** Where a replay reads: the journal, however it is reached. */
export interface ReplaySource {
  /** The shard's intake records in order, and its checkpoints where they were told: behind the record that began them. */
  intake(): AsyncIterable<Recorded>;
  /**
   * A part of a segment; undefined: the journal does not have it.
   * @param world whose journal; empty: the shard's
   */
  segment(id: EventId, world: string): Promise<StateSegment | undefined>;
  /** An event as its publisher said it, personal fields in the clear; undefined: the journal does not have it. */
  event(id: EventId): Promise<Incoming | undefined>;
  /** Opens recorded commands and states, and seals as the writer did: a replay is not given the keys. */
  readonly personal: Wholes & Pick<Sealer, "sealFrame">;
}

/** An intake record or a checkpoint, and the contracts under which its writer spoke: they may have grown since. */
export type Recorded = { readonly fingerprint: string } & (
  | { readonly record: IntakeCommitted; readonly checkpoint?: undefined }
  | { readonly checkpoint: StateCheckpoint; readonly record?: undefined }
);

interface Told {
  readonly record: IntakeCommitted;
  readonly fingerprint: string;
}

export type Verdict = "PASS" | "FAIL" | "DIFFERS";

/** Consecutive records that one code handled. */
export interface Stretch {
  readonly codeVersion: string;
  readonly firstSeq: number;
  readonly batches: number;
  readonly inputs: number;
  readonly events: number;
  /** Game time that it reached. */
  readonly atGs: number;
  /**
   * PASS: this code says the same to the byte, whichever handled it. FAIL: it does not, though it is the code that handled
   * it. DIFFERS: it does not, and other code handled it.
   */
  readonly verdict: Verdict;
  readonly difference?: Difference;
}

export type ReplayVerdict =
  | {
      readonly verdict: Verdict;
      readonly batches: number;
      readonly inputs: number;
      readonly events: number;
      readonly atGs: number;
      readonly stretches: readonly Stretch[];
      /** The first. */
      readonly difference?: Difference;
    }
  | { readonly verdict: "NOT_RUN"; readonly reason: string };

/** Whose state is handled again, and by which code. */
export interface Replayed {
  readonly service: string;
  readonly world: string;
  /** `<aggregate>/<shard>`. */
  readonly part: string;
  readonly codeVersion: string;
}

/**
 * Handles recorded input again and holds every emitted byte against what was published. No clock, no bus, no
 * store: what is not in the journal cannot play a part. Where other code differs, it goes on from the next checkpoint.
 */
export async function replayShard(
  aggregate: Aggregate,
  { codeVersion, ...where }: Replayed,
  source: ReplaySource,
  progressed?: (batches: number, atGs: number) => void,
): Promise<ReplayVerdict> {
  const replay = createReplay(aggregate, where, codeVersion, source);
  const stretches = createStretches(codeVersion);
  /** Behind the last record that began a checkpoint, while no state is at hand: they are handled once it is there. */
  let since: Told[] | undefined;
  /** Of the record that `since` stands behind. */
  let beginsAt = 0;
  let expectedSeq = 0;

  /** @returns why it cannot go on, or that what differs ends it */
  async function handle({ record, fingerprint }: Told): Promise<NotRun | "ended" | undefined> {
    if (record.intakeSeq !== expectedSeq)
      return notRun(`intake ${expectedSeq} is missing; the next record is ${record.intakeSeq}`);
    expectedSeq += 1;
    const again = await replay.handle(record, fingerprint);
    if ("verdict" in again) return again;
    if (again.difference === undefined) {
      stretches.passed(record, again);
      progressed?.(stretches.batches(), record.atGs);
      return undefined;
    }
    return differs(record, again.difference);
  }

  function differs(record: IntakeCommitted, difference: Difference): "ended" | undefined {
    if (stretches.differed(record, difference) === "FAIL") return "ended";
    replay.lose();
    since = undefined;
    return undefined;
  }

  function wait(told: Told): void {
    if (!told.record.checkpointBegun) since?.push(told);
    else [since, beginsAt] = [[], told.record.intakeSeq];
  }

  async function begin(checkpoint: StateCheckpoint): Promise<NotRun | "ended" | undefined> {
    if (since === undefined || checkpoint.intakeSeq !== beginsAt) return undefined;
    const begun = await replay.begin(checkpoint);
    if (begun !== undefined) return begun;
    expectedSeq = checkpoint.intakeSeq + 1;
    const waiting = since;
    since = undefined;
    for (const told of waiting) {
      const met = replay.stands ? await handle(told) : void wait(told);
      if (met !== undefined) return met;
    }
    return undefined;
  }

  for await (const { record, checkpoint, fingerprint } of source.intake()) {
    // Taken on by an operator: what was handled before does not lead here.
    if (record !== undefined && record.adoptedFrom !== "") replay.lose();
    let met: NotRun | "ended" | undefined;
    if (record === undefined) met = replay.stands ? holdAgainst(checkpoint) : await begin(checkpoint);
    else if (replay.stands) met = await handle({ record, fingerprint });
    else wait({ record, fingerprint });
    if (met === "ended") break;
    if (met !== undefined) return met;
  }
  const found = stretches.end();
  if (found.length > 0) return verdictOf(found);
  return notRun(
    replay.stands
      ? "nothing was taken in since the checkpoint"
      : "the journal has no checkpoint of this shard",
  );

  /** What a state has become shows here, also where nothing was said of it. */
  function holdAgainst(checkpoint: StateCheckpoint): "ended" | undefined {
    const found = replay.difference(checkpoint);
    return found === undefined ? undefined : differs(found.record, found.difference);
  }
}

type NotRun = Extract<ReplayVerdict, { verdict: "NOT_RUN" }>;
const notRun = (reason: string): NotRun => ({ verdict: "NOT_RUN", reason });

function verdictOf(stretches: readonly Stretch[]): ReplayVerdict {
  const sum = (of: (stretch: Stretch) => number) => stretches.reduce((all, one) => all + of(one), 0);
  const worst = (["FAIL", "DIFFERS"] as const).find((one) => stretches.some((s) => s.verdict === one));
  const difference = stretches.find(({ verdict }) => verdict === worst)?.difference;
  return {
    verdict: worst ?? "PASS",
    batches: sum(({ batches }) => batches),
    inputs: sum(({ inputs }) => inputs),
    events: sum(({ events }) => events),
    atGs: stretches.at(-1)?.atGs ?? 0,
    stretches,
    ...(difference !== undefined && { difference }),
  };
}

/** Counts by stretch. @param here code that replays */
function createStretches(here: string) {
  const found: Stretch[] = [];
  let current: Stretch | undefined;
  /** The stretch of a record; what differed is behind, and the same code may begin another. */
  const of = ({ codeVersion, intakeSeq: firstSeq, atGs }: IntakeCommitted): Stretch => {
    if (
      current !== undefined &&
      isSameCode(current.codeVersion, codeVersion) &&
      current.difference === undefined
    )
      return current;
    if (current !== undefined) found.push(current);
    return { codeVersion, firstSeq, batches: 0, inputs: 0, events: 0, atGs, verdict: "PASS" };
  };
  return {
    passed(record: IntakeCommitted, { inputs, events }: Handled) {
      const stretch = of(record);
      current = {
        ...stretch,
        batches: stretch.batches + 1,
        inputs: stretch.inputs + inputs,
        events: stretch.events + events,
        atGs: record.atGs,
      };
    },
    differed(record: IntakeCommitted, difference: Difference): Verdict {
      const verdict = isSameCode(record.codeVersion, here) ? "FAIL" : "DIFFERS";
      current = { ...of(record), verdict, difference };
      return verdict;
    },
    batches: () => [...found, ...(current ? [current] : [])].reduce((sum, one) => sum + one.batches, 0),
    end: () => (current === undefined ? found : [...found, current]),
  };
}

interface Handled {
  readonly inputs: number;
  readonly events: number;
  readonly difference?: Difference;
}

/** One shard that is handled again, from a checkpoint on. */
function createReplay(
  aggregate: Aggregate,
  where: Omit<Replayed, "codeVersion">,
  codeVersion: string,
  source: ReplaySource,
) {
  const handlers = handlersOf(aggregate);
  const personal = writesPersonal(aggregate);
  /** Frames name the contracts of their writer: those of then, or a world that outlived an upgrade could not be held to a byte. */
  const facts = { ...where, fingerprint: "" };
  let shard: Shard | undefined;
  /** The state after the last record that began a checkpoint, by its digest. */
  let begun: { readonly record: IntakeCommitted; readonly digest: Uint8Array } | undefined;

  return {
    get stands() {
      return shard !== undefined;
    },
    lose() {
      shard = undefined;
      begun = undefined;
    },
    /** The state that a checkpoint gives is the state after its record: the replay goes on with the next one. */
    async begin(checkpoint: StateCheckpoint): Promise<NotRun | undefined> {
      const what = `the checkpoint at intake ${checkpoint.intakeSeq}`;
      try {
        const reader = readCheckpoint(source.personal, aggregate, checkpoint);
        for (const { id, world } of eventsOf(checkpoint)) {
          const segment = await source.segment(id, world);
          if (segment === undefined)
            return notRun(`the journal lacks ${id.publisher}/${id.sequence}, which ${what} names`);
          await reader.add(segment);
        }
        const { state, atGs, erased } = reader.end();
        if (erased.length > 0) return erasedInput(what, erased);
        shard = openShard(aggregate, handlers, facts, reader.progress(), { state, atGs });
        return undefined;
      } catch (error) {
        if (error instanceof StateTorn) return notRun(`${what} is damaged: ${error.message}`);
        throw error;
      }
    },
    /** Of the state at a checkpoint that was told since it was begun here. */
    difference({ intakeSeq, manifest }: StateCheckpoint) {
      if (begun === undefined || begun.record.intakeSeq !== intakeSeq) return undefined;
      const { record, digest } = begun;
      begun = undefined;
      if (Buffer.compare(digest, manifest?.digest ?? new Uint8Array()) === 0) return undefined;
      const difference = unlike(record, "state", "as the checkpoint has it", "another, of the same events");
      return { record, difference };
    },
    async handle(record: IntakeCommitted, fingerprint: string): Promise<Handled | NotRun> {
      if (shard === undefined) throw new RangeError("a replay without a state");
      facts.fingerprint = fingerprint;
      const { intakeSeq } = record;
      try {
        const refused = await feed(shard, handlers, record, source, where.world);
        if (refused !== undefined) return refused;
      } catch (error) {
        return { inputs: 0, events: 0, difference: refusal(record, error) };
      }
      const { frames = [], steps = [], emitted = [] } = shard.collect() ?? {};
      // Other code may keep the same in another way.
      if (record.checkpointBegun && isSameCode(record.codeVersion, codeVersion))
        begun = { record, digest: digestOf(aggregate.state, shard.state) };
      const counts = { inputs: steps.length, events: emitted.reduce((sum, { count }) => sum + count, 0) };
      const sealed = personal ? await sealFrames(source.personal, frames) : { frames, erased: [] };
      if (Buffer.compare(digestFrames(sealed.frames), record.emittedDigest) === 0) return counts;
      if (sealed.erased.length > 0) return erasedInput(`what intake ${intakeSeq} emitted`, sealed.erased);
      return { ...counts, difference: await firstDifference(frames, record, source.event) };
    },
  };
}

const erasedInput = (what: string, subjects: readonly string[]): NotRun =>
  notRun(`${what} held fields of ${subjects.join(", ")}, erased since`);

/** @returns the sections of a pack that are not there */
function unlessMissing(error: unknown): { readonly event: undefined; readonly erased: string } {
  if (!isError(error, serviceErrors.SERVICE_PACK_MISSING)) throw error;
  return { event: undefined, erased: (error as OrreryError).given ?? "a pack" };
}

/** Hands a record's inputs to the shard. @returns why it cannot: the journal lacks one, or it is erased */
async function feed(
  shard: Shard,
  handlers: Handlers,
  record: IntakeCommitted,
  source: ReplaySource,
  world: string,
): Promise<NotRun | undefined> {
  for (const { item } of record.items) {
    if (item.case === "command") {
      const { command, erased } = await openCommand(source.personal, handlers, item.value);
      if (erased.length > 0)
        return erasedInput(`command ${command.method} of intake ${record.intakeSeq}`, erased);
      shard.takeCommand(command);
      continue;
    }
    if (item.case !== "run") continue;
    for (let offset = 0; offset < item.value.count; offset++) {
      const id = { publisher: item.value.publisher, sequence: item.value.first + offset };
      const found = await source.event(id);
      if (found === undefined) return notRun(`the journal lacks input ${id.publisher}/${id.sequence}`);
      const { event, erased } = await openEvent(source.personal, handlers, found, world).catch(unlessMissing);
      if (event === undefined) return notRun(`the journal lacks ${erased}`);
      if (erased.length > 0) return erasedInput(`input ${id.publisher}/${id.sequence}`, erased);
      shard.retakeEvent(event);
    }
  }
  return undefined;
}
