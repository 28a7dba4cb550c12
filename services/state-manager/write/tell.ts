import { StateChanged, StateDeleted } from "@orrery/schema/state/v1";
import { type Codec, createFrameWriter, encodeBytes, type FrameWriter } from "@orrery/wire";
import { ReadAccess } from "@orrery/schema/state/v1";
import { toFieldChanges } from "../value/field-changes.ts";
import type { Made } from "./change.ts";

const FRAME_MAX_BYTES = 65_536;
/** A larger event leaves its differences out: whoever wants them reads the version. */
const EVENT_MAX_BYTES = 48 * 1024;

/** Frames that tell of changes; those of one world in the order they were made. */
export function framesOf(
  made: readonly Made[],
  facts: { readonly service: string; readonly fingerprint: string },
): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const writers = new Map<string, FrameWriter>();
  for (const change of made) {
    const { ref } = change.held;
    const { codec, payload } = eventOf(change);
    let writer = writers.get(ref.world);
    if (writer !== undefined && !writer.fits(payload.length)) {
      frames.push(writer.finish());
      writer = undefined;
    }
    writer ??= createFrameWriter(
      {
        publisher: change.event.publisher,
        source: facts.service,
        world: ref.world,
        lane: "standard",
        fingerprint: facts.fingerprint,
        firstSequence: change.event.sequence,
      },
      { maxBytes: FRAME_MAX_BYTES },
    );
    writers.set(ref.world, writer);
    writer.appendRaw(codec.typeName, payload, {
      key: ref.owner || ref.collection.name,
      timeMs: change.atMs,
      ...(change.author.cause && { cause: change.author.cause }),
      traceparent: undefined,
    });
  }
  for (const writer of writers.values()) frames.push(writer.finish());
  return frames;
}

function eventOf({ held, author, seq, oldVersion, op, reason, differences }: Made): {
  codec: Codec;
  payload: Uint8Array;
} {
  const { collection, owner, key } = held.ref;
  const { actor, requestKey } = author;
  if (op === undefined) {
    const gone = { collection: collection.name, key, owner, lastVersion: held.version, seq, reason, actor };
    return { codec: StateDeleted, payload: encodeBytes(StateDeleted, gone) };
  }
  const changed = {
    collection: collection.name,
    key,
    owner,
    op,
    oldVersion,
    version: held.version,
    seq,
    actor,
    requestKey,
    public: held.read === ReadAccess.PUBLIC,
    size: held.bytes.length,
  };
  if (differences !== undefined) {
    const payload = encodeBytes(StateChanged, { ...changed, changes: toFieldChanges(differences) });
    if (payload.length <= EVENT_MAX_BYTES) return { codec: StateChanged, payload };
  }
  return { codec: StateChanged, payload: encodeBytes(StateChanged, { ...changed, diffOmitted: true }) };
}
