import {
  changePersonal,
  type Codec,
  type Frame,
  openFrame,
  OrreryError,
  type PersonalTable,
} from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import { ERASED, isErased, placeholder, readEnvelope, textLike, WITHHELD } from "./envelope.ts";
import type { Held, KeyRing } from "./key-ring.ts";
import { contentOf, messageIn, messageOf, rewriteFrame } from "./rewrite.ts";
import { openValue, type SealKey, sealValue } from "./seal.ts";

/** Seals and opens what belongs to a person. What has no personal fields passes through as it is. */
export interface Personal {
  /** Whether one of these types has personal fields. */
  concerns(types: readonly string[]): boolean;
  /**
   * Every personal value under its subject's key of the frame's world; of an erased subject, ERASED. Deterministic:
   * the same frame gives the same bytes. `maxBytes` of one frame: what outgrows it is cut in two.
   */
  sealFrame(frame: Uint8Array, maxBytes: number): Promise<Sealed>;
  /** The frame with its values in the clear, ERASED where the key is gone. @throws PERSONAL_SEAL_BROKEN, PERSONAL_KEY_UNKNOWN */
  openFrame(frame: Frame): Promise<Frame>;
  /** As of a frame; `place` says what the message belongs to, and must be said again to open it. */
  sealMessage(codec: Codec, bytes: Uint8Array, world: string, place: string): Promise<Uint8Array>;
  /** @throws PERSONAL_SEAL_BROKEN, PERSONAL_KEY_UNKNOWN */
  openMessage(
    codec: Codec,
    bytes: Uint8Array,
    place: string,
    contentType?: Frame["contentType"],
  ): Promise<Opened>;
  /** Lets go of every key. */
  forget(): void;
}

export interface Sealed {
  readonly frames: readonly Uint8Array[];
  /** Subjects whose key is gone. */
  readonly erased: readonly string[];
}

export interface Opened {
  readonly bytes: Uint8Array;
  /** Subjects whose fields read ERASED. */
  readonly erased: readonly string[];
}

/** A message on its way, and where it belongs. */
interface Piece {
  readonly table: PersonalTable;
  readonly message: object;
  readonly place: string;
}

/** What an event's values are sealed for: its identity. */
export const eventPlace = (publisher: string, sequence: number): string => `${publisher}/${sequence}`;
/** What a recorded command's values are sealed for. */
export const commandPlace = (method: string, stampedMs: number): string => `command/${method}/${stampedMs}`;
/** What a kept state's values are sealed for. */
export const statePlace = (type: string): string => `state/${type}`;

export function createPersonal(keys: KeyRing, codecs: ReadonlyMap<string, Codec>): Personal {
  /** Seals in place. @returns whose key is gone */
  async function seal(pieces: readonly Piece[], world: string): Promise<Set<string>> {
    const subjects = new Set<string>();
    for (const { table, message } of pieces)
      changePersonal(table, message, (value, subject) => {
        subjects.add(subject);
        return value;
      });
    const erased = new Set<string>();
    if (subjects.size === 0) return erased;
    const held = await keys.ofSubjects(world, subjects);
    for (const { table, message, place } of pieces)
      changePersonal(table, message, (value, subject, path) => {
        const own = held.get(subject);
        if (own === undefined)
          throw new OrreryError(serviceErrors.PERSONAL_KEY_UNKNOWN, { given: `${subject} in ${world}` });
        if (isErased(value)) return value;
        if (own.key !== undefined) return sealValue(own as SealKey, value, `${place}#${path}`);
        erased.add(subject);
        return textLike(ERASED, value);
      });
    return erased;
  }

  /** Opens in place. @returns whose fields are erased; undefined: nothing was sealed */
  async function open(pieces: readonly Piece[]): Promise<Set<string> | undefined> {
    const ids = new Set<string>();
    const erased = new Set<string>();
    for (const { table, message } of pieces)
      changePersonal(table, message, (value, subject) => {
        const id = readEnvelope(value)?.keyId;
        if (id !== undefined) ids.add(id);
        if (isErased(value)) erased.add(subject);
        return value;
      });
    if (ids.size === 0) return erased.size === 0 ? undefined : erased;
    const held = await keys.ofIds(ids);
    for (const { table, message, place } of pieces)
      changePersonal(table, message, (value, subject, path) => {
        const envelope = readEnvelope(value);
        if (envelope === undefined) return value;
        const own: Held | undefined = held.get(envelope.keyId);
        if (own === undefined)
          throw new OrreryError(serviceErrors.PERSONAL_KEY_UNKNOWN, { given: envelope.keyId });
        if (own.key !== undefined) return openValue(own as SealKey, envelope, `${place}#${path}`, value);
        erased.add(subject);
        return textLike(ERASED, value);
      });
    return erased;
  }

  /** The frame's messages with personal fields, by index. */
  function piecesOf(frame: Frame): Map<number, Piece & { readonly codec: Codec }> {
    const pieces = new Map<number, Piece & { readonly codec: Codec }>();
    for (const cursor = frame.cursor(); cursor.next(); ) {
      const codec = codecs.get(cursor.type);
      if (codec?.personal === undefined) continue;
      pieces.set(cursor.index, {
        codec,
        table: codec.personal,
        message: messageOf(cursor, codec),
        place: eventPlace(frame.publisher, cursor.sequence),
      });
    }
    return pieces;
  }

  const payloads = (frame: Frame, pieces: ReadonlyMap<number, Piece & { readonly codec: Codec }>) =>
    new Map(
      [...pieces].map(([at, { codec, message }]) => [at, contentOf(codec, message, frame.contentType)]),
    );

  const concerns = (types: readonly string[]) =>
    types.some((type) => codecs.get(type)?.personal !== undefined);

  return {
    concerns,
    async sealFrame(bytes, maxBytes) {
      const frame = openFrame(bytes);
      if (!concerns(frame.types)) return { frames: [bytes], erased: [] };
      const pieces = piecesOf(frame);
      const erased = await seal([...pieces.values()], frame.world);
      return { frames: rewriteFrame(frame, payloads(frame, pieces), maxBytes), erased: [...erased] };
    },
    async openFrame(frame) {
      if (!concerns(frame.types)) return frame;
      const pieces = piecesOf(frame);
      if ((await open([...pieces.values()])) === undefined) return frame;
      const [whole] = rewriteFrame(frame, payloads(frame, pieces), Number.MAX_SAFE_INTEGER, "none");
      return openFrame(whole as Uint8Array);
    },
    async sealMessage(codec, bytes, world, place) {
      if (codec.personal === undefined) return bytes;
      const message = messageIn(codec, bytes, "protobuf");
      await seal([{ table: codec.personal, message, place }], world);
      return contentOf(codec, message, "protobuf");
    },
    async openMessage(codec, bytes, place, contentType = "protobuf") {
      if (codec.personal === undefined) return { bytes, erased: [] };
      const message = messageIn(codec, bytes, contentType);
      const erased = await open([{ table: codec.personal, message, place }]);
      if (erased === undefined) return { bytes, erased: [] };
      return { bytes: contentOf(codec, message, contentType), erased: [...erased] };
    },
    forget: () => keys.forget(),
  };
}

/** An event's bytes with every personal value that is still readable put out of sight. */
export function withholdPersonal(
  codec: Codec,
  bytes: Uint8Array,
  contentType: Frame["contentType"],
): Uint8Array {
  if (codec.personal === undefined) return bytes;
  const message = messageIn(codec, bytes, contentType);
  changePersonal(codec.personal, message, (value) => (isErased(value) ? value : textLike(WITHHELD, value)));
  return contentOf(codec, message, contentType);
}

/** Ids of the keys that an event's values are sealed with. */
export function sealedWith(
  codec: Codec,
  bytes: Uint8Array,
  contentType: Frame["contentType"],
): ReadonlySet<string> {
  const ids = new Set<string>();
  if (codec.personal === undefined) return ids;
  changePersonal(codec.personal, messageIn(codec, bytes, contentType), (value) => {
    const id = readEnvelope(value)?.keyId;
    if (id !== undefined) ids.add(id);
    return value;
  });
  return ids;
}

/** Most bytes that a message takes once every value in it is sealed. */
export function sealedLength(codec: Codec, bytes: Uint8Array): number {
  if (codec.personal === undefined) return bytes.length;
  const message = messageIn(codec, bytes, "protobuf");
  changePersonal(codec.personal, message, placeholder);
  return contentOf(codec, message, "protobuf").length;
}
