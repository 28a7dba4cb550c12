import { codecs } from "@orrery/schema/registry";
import { entity } from "@orrery/schema/orrery";
import { sealedWith } from "@orrery/service";
import { getOption } from "@bufbuild/protobuf";
import type { Codec, Frame } from "@orrery/wire";

/** What a frame is found by. */
export interface FrameIndex {
  readonly fromMs: number;
  readonly toMs: number;
  readonly fromGs: number | null;
  readonly toGs: number | null;
  readonly types: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  readonly entities: ReadonlySet<string>;
  /** Ids of the keys that seal something in it. */
  readonly sealed: ReadonlySet<string>;
  /** `publisher\nsequence` of each distinct cause. */
  readonly causes: ReadonlySet<string>;
}

const entityFields = new WeakMap<Codec, readonly string[]>();

/** Names of the fields that hold entity ids. */
export function entityFieldsOf(codec: Codec): readonly string[] {
  let fields = entityFields.get(codec);
  if (fields === undefined) {
    fields = codec.schema.fields.filter((field) => getOption(field, entity)).map((field) => field.localName);
    entityFields.set(codec, fields);
  }
  return fields;
}

/** Looks through a frame once, from its `skip`-th event on. A payload that cannot be read is kept all the same. */
export function indexFrame(frame: Frame, skip: number): FrameIndex {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  let fromGs: number | null = null;
  let toGs: number | null = null;
  const types = new Set<string>();
  const keys = new Set<string>();
  const entities = new Set<string>();
  const sealed = new Set<string>();
  const causes = new Set<string>();
  for (const cursor = frame.cursor(); cursor.next(); ) {
    if (cursor.index < skip) continue;
    fromMs = Math.min(fromMs, cursor.timeMs);
    toMs = Math.max(toMs, cursor.timeMs);
    types.add(cursor.type);
    if (cursor.key !== "") keys.add(cursor.key);
    if (cursor.cause !== undefined) causes.add(`${cursor.cause.publisher}\n${cursor.cause.sequence}`);
    const codec = codecs.get(cursor.type);
    if (codec?.personal !== undefined) {
      for (const id of sealedIn(codec, cursor.payload, frame.contentType)) sealed.add(id);
    }
    if (codec === undefined || frame.contentType !== "protobuf") continue;
    try {
      const view = cursor.view(codec) as Record<string, unknown>;
      const atGs = view["atGs"];
      if (typeof atGs === "number") {
        fromGs = fromGs === null ? atGs : Math.min(fromGs, atGs);
        toGs = toGs === null ? atGs : Math.max(toGs, atGs);
      }
      for (const field of entityFieldsOf(codec)) {
        const value = view[field];
        if (typeof value === "string" && value !== "") entities.add(value);
        else if (Array.isArray(value)) for (const one of value) entities.add(String(one));
      }
    } catch {
      // Undecodable events are reported when they are read; keeping them does not depend on it.
    }
  }
  return { fromMs, toMs, fromGs, toGs, types, keys, entities, sealed, causes };
}

function sealedIn(codec: Codec, payload: Uint8Array, contentType: Frame["contentType"]): ReadonlySet<string> {
  try {
    return sealedWith(codec, payload, contentType);
  } catch {
    return new Set();
  }
}
