import { equals, type Message } from "@bufbuild/protobuf";
import type { IntakeCommitted } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { Progress } from "@orrery/schema/simulation/v1";
import { type EventId, openFrame } from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import { collectCheckpoint } from "./checkpoint.ts";
import { digestFrames } from "./outgoing.ts";
import {
  type Opener,
  openCommand,
  openEvent,
  openState,
  sealFrames,
  type Sealer,
  writesPersonal,
} from "./personal.ts";
import { type Handlers, handlersOf, type Incoming, openShard, type Shard } from "./shard.ts";

/** Where a replay reads: the journal, however it is reached. */
export interface ReplaySource {
  /** The shard's intake records in order, from a checkpoint on. */
  intake(): AsyncIterable<Recorded>;
  /** An event as its publisher said it, personal fields in the clear; undefined: the journal does not have it. */
  event(id: EventId): Promise<Incoming | undefined>;
  /** Opens recorded commands and states, and seals as the writer did: a replay is not given the keys. */
  readonly personal: Opener & Pick<Sealer, "sealFrame">;
}

/** An intake record, and the contracts under which its writer spoke: they may have grown since. */
export interface Recorded {
  readonly record: IntakeCommitted;
  readonly fingerprint: string;
}

export interface Difference {
  readonly intakeSeq: number;
  readonly event: EventId;
  readonly type: string;
  /** Proto name of the first field that differs; `type`, `time`, `key` or `cause` for the envelope. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
  readonly codeVersion: string;
}

export type ReplayVerdict =
  | {
      readonly verdict: "PASS";
      readonly batches: number;
      readonly inputs: number;
      readonly events: number;
      readonly atGs: number;
    }
  | { readonly verdict: "FAIL"; readonly batches: number; readonly difference: Difference }
  | { readonly verdict: "NOT_RUN"; readonly reason: string };

/**
 * Handles recorded input again and holds every emitted byte against what was published. No clock, no bus, no
 * store: what is not in the journal cannot play a part.
 */
export async function replayShard(
  aggregate: Aggregate,
  { service, world }: { readonly service: string; readonly world: string },
  source: ReplaySource,
  progressed?: (batches: number, atGs: number) => void,
): Promise<ReplayVerdict> {
  const handlers = handlersOf(aggregate);
  const personal = writesPersonal(aggregate);
  let shard: Shard | undefined;
  const pieces = collectCheckpoint();
  let counts = { batches: 0, inputs: 0, events: 0, atGs: 0 };
  let expectedSeq: number | undefined;

  /** Frames name the contracts of their writer: those of then, or a world that outlived an upgrade could not be held to a byte. */
  const facts = { service, world, fingerprint: "" };
  for await (const { record, fingerprint } of source.intake()) {
    const { checkpoint } = record;
    facts.fingerprint = fingerprint;
    if (shard === undefined) {
      // The state that a checkpoint gives is the state after its record: the replay begins with the next one.
      const whole = pieces.add(record);
      if (whole === "damaged")
        return { verdict: "NOT_RUN", reason: `the checkpoint at intake ${record.intakeSeq} is damaged` };
      if (whole === undefined) continue;
      const state = await openState(source.personal, aggregate.state, whole.state);
      if (state.erased.length > 0)
        return erasedInput(`the checkpoint at intake ${record.intakeSeq}`, state.erased);
      shard = openShard(
        aggregate,
        handlers,
        facts,
        Progress.decode(whole.progress),
        aggregate.state.decode(state.bytes) as Message,
      );
      expectedSeq = record.intakeSeq + 1;
      continue;
    }
    if (checkpoint !== undefined && checkpoint.part > 0) continue;
    if (record.intakeSeq !== expectedSeq) {
      return {
        verdict: "NOT_RUN",
        reason: `intake ${expectedSeq} is missing; the next record is ${record.intakeSeq}`,
      };
    }
    expectedSeq += 1;
    const refused = await feed(shard, handlers, record, source);
    if (refused !== undefined) return refused;
    const collected = shard.collect();
    const frames = collected?.frames ?? [];
    const sealed = personal ? await sealFrames(source.personal, frames) : { frames, erased: [] };
    if (!sameBytes(digestFrames(sealed.frames), record.emittedDigest)) {
      if (sealed.erased.length > 0)
        return erasedInput(`what intake ${record.intakeSeq} emitted`, sealed.erased);
      const difference = await firstDifference(frames, record, source);
      return { verdict: "FAIL", batches: counts.batches, difference };
    }
    // The intake record itself took a sequence and, once a day, a checkpoint.
    if (checkpoint !== undefined) shard.progress.checkpointDay = Math.floor(shard.atGs / 86_400);
    counts = {
      batches: counts.batches + 1,
      inputs: counts.inputs + (collected?.steps.length ?? 0),
      events: counts.events + (collected?.emitted.reduce((sum, run) => sum + run.count, 0) ?? 0),
      atGs: record.atGs,
    };
    progressed?.(counts.batches, counts.atGs);
  }
  if (shard === undefined)
    return { verdict: "NOT_RUN", reason: "the journal has no checkpoint of this shard" };
  if (counts.batches === 0)
    return { verdict: "NOT_RUN", reason: "nothing was taken in since the checkpoint" };
  return { verdict: "PASS", ...counts };
}

type NotRun = Extract<ReplayVerdict, { verdict: "NOT_RUN" }>;

const erasedInput = (what: string, subjects: readonly string[]): NotRun => ({
  verdict: "NOT_RUN",
  reason: `${what} held fields of ${subjects.join(", ")}, erased since`,
});

/** Hands a record's inputs to the shard. @returns why it cannot: the journal lacks one, or it is erased */
async function feed(
  shard: Shard,
  handlers: Handlers,
  record: IntakeCommitted,
  source: ReplaySource,
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
      if (found === undefined)
        return { verdict: "NOT_RUN", reason: `the journal lacks input ${id.publisher}/${id.sequence}` };
      const { event, erased } = await openEvent(source.personal, handlers, found);
      if (erased.length > 0) return erasedInput(`input ${id.publisher}/${id.sequence}`, erased);
      shard.retakeEvent(event);
    }
  }
  return undefined;
}

async function firstDifference(
  frames: readonly Uint8Array[],
  record: IntakeCommitted,
  source: ReplaySource,
): Promise<Difference> {
  const { intakeSeq, codeVersion } = record;
  const found = new Map<string, Incoming & { causeText: string }>();
  for (const bytes of frames) {
    const frame = openFrame(bytes);
    for (const event of frame.events()) {
      const { type, key, sequence, timeMs, payload, cause } = event;
      const causeText = cause === undefined ? "" : `${cause.publisher}/${cause.sequence}`;
      found.set(`${frame.publisher}/${sequence}`, {
        publisher: frame.publisher,
        sequence,
        type,
        key,
        source: frame.source,
        timeMs,
        payload,
        causeText,
      });
    }
  }
  const differs = (
    event: EventId,
    type: string,
    field: string,
    expected: string,
    got: string,
  ): Difference => ({
    intakeSeq,
    event,
    type,
    field,
    expected,
    found: got,
    codeVersion,
  });
  for (const run of record.emitted) {
    for (let offset = 0; offset < run.count; offset++) {
      const id = { publisher: run.publisher, sequence: run.first + offset };
      const name = `${id.publisher}/${id.sequence}`;
      const published = await source.event(id);
      const again = found.get(name);
      found.delete(name);
      if (published === undefined)
        return differs(
          id,
          again?.type ?? "",
          "event",
          "absent from the journal",
          again === undefined ? "absent" : "emitted",
        );
      if (again === undefined) return differs(id, published.type, "event", "emitted", "not emitted");
      for (const field of ["type", "key", "timeMs"] as const) {
        if (published[field] !== again[field])
          return differs(id, published.type, field, String(published[field]), String(again[field]));
      }
      if (!sameBytes(published.payload, again.payload))
        return { ...fieldDifference(id, published, again), intakeSeq, codeVersion };
    }
  }
  const [extra] = found.values();
  if (extra !== undefined) return differs(extra, extra.type, "event", "not emitted", "emitted");
  return differs(
    { publisher: "", sequence: 0 },
    "",
    "frame",
    "the published frames",
    "frames that differ in their envelope",
  );
}

/** The first field in which two payloads of one type differ, by the schema's names. */
function fieldDifference(
  event: EventId,
  published: Incoming,
  again: Incoming,
): Omit<Difference, "intakeSeq" | "codeVersion"> {
  const codec = codecs.get(published.type);
  const base = { event, type: published.type };
  if (codec === undefined)
    return { ...base, field: "payload", expected: hex(published.payload), found: hex(again.payload) };
  const [a, b] = [codec.decode(published.payload), codec.decode(again.payload)] as Record<string, unknown>[];
  for (const field of codec.schema.fields) {
    const [x, y] = [a?.[field.localName], b?.[field.localName]];
    const same =
      field.fieldKind === "message" && x !== undefined && y !== undefined
        ? equals(field.message, x as Message, y as Message)
        : text(x) === text(y);
    if (!same) return { ...base, field: field.name, expected: text(x), found: text(y) };
  }
  return { ...base, field: "payload", expected: hex(published.payload), found: hex(again.payload) };
}

const text = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
