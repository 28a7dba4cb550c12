import { create, type Message } from "@bufbuild/protobuf";
import { StateImage, StateImageSchema } from "@orrery/schema/simulation/v1";
import { type Personal, sealedLength, statePlace } from "@orrery/service";
import { type Codec, encodeBytes, OrreryError } from "@orrery/wire";
import type { Aggregate, EarlierState } from "../aggregate.ts";
import { simulationErrors } from "../errors.ts";
import { type AnyState, emptyState, type State, tablesOf } from "./state.ts";
import type { KeptTable } from "./table.ts";

/*
 * A state as one message: its root's bytes, and those of each message of its tables. What is personal is sealed in each of
 * them for its own place, so that no sealed value can be moved to another page.
 */

type Types = Pick<Aggregate, "state">;

/** @returns simulation.v1.StateImage */
export function encodeImage({ state: types }: Types, state: AnyState): Uint8Array {
  const image = create(StateImageSchema, {
    type: types.root.typeName,
    root: encodeBytes(types.root, state.root as never),
    tables: tablesOf(types, state).map(([name, table]) => ({
      name,
      type: table.codec.typeName,
      pages: [...table].map(([id, message]) => ({ id, page: encodeBytes(table.codec, message as never) })),
    })),
  });
  return encodeBytes(StateImage, image);
}

/** A piece of an image: of which type, sealed for which place. */
interface Piece {
  readonly codec: Codec;
  readonly place: string;
  bytes: Uint8Array;
}

const pagePlace = (type: string, table: string, id: string) => `${statePlace(type)}/${table}/${id}`;

/** An image and its pieces; what is put into a piece goes into the image. */
function piecesOf(bytes: Uint8Array, codecOf: (type: string, table: string) => Codec) {
  const image = StateImage.decode(bytes);
  const pieces: { piece: Piece; put: (bytes: Uint8Array) => void }[] = [];
  const root = codecOf(image.type, "");
  pieces.push({
    piece: { codec: root, place: statePlace(root.typeName), bytes: image.root },
    put: (sealed) => (image.root = sealed),
  });
  for (const { name, type, pages } of image.tables) {
    const codec = codecOf(type, name);
    for (const page of pages)
      pieces.push({
        piece: { codec, place: pagePlace(type, name, page.id), bytes: page.page },
        put: (sealed) => (page.page = sealed),
      });
  }
  return { image, pieces };
}

const own =
  ({ state: { root, tables } }: Types) =>
  (_type: string, table: string): Codec =>
    table === "" ? root : (tables[table] as Codec);

/** How long an image is once it is sealed. */
export function sealedImageLength(aggregate: Types, bytes: Uint8Array): number {
  const { pieces } = piecesOf(bytes, own(aggregate));
  const more = pieces.map(({ piece }) => sealedLength(piece.codec, piece.bytes) - piece.bytes.length);
  // A longer piece may need a longer number before it.
  return bytes.length + more.reduce((sum, grown) => sum + grown + (grown > 0 ? LENGTH_BYTES : 0), 0);
}

const LENGTH_BYTES = 8;

export async function sealImage(
  sealer: Pick<Personal, "sealMessage">,
  aggregate: Types,
  bytes: Uint8Array,
  world: string,
): Promise<Uint8Array> {
  const { image, pieces } = piecesOf(bytes, own(aggregate));
  for (const { piece, put } of pieces)
    put(await sealer.sealMessage(piece.codec, piece.bytes, world, piece.place));
  return encodeBytes(StateImage, image);
}

/** A message of an image, in the clear. */
export interface ImagePiece {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * The messages of an image by name: `root`, and `table/id` of the others. What is of a type that is not known stays as it is.
 */
export async function openImage(
  opener: Pick<Personal, "openMessage">,
  codecs: ReadonlyMap<string, Codec>,
  bytes: Uint8Array,
): Promise<ReadonlyMap<string, ImagePiece>> {
  const { type, root, tables } = StateImage.decode(bytes);
  const pieces = new Map<string, ImagePiece>();
  async function open(name: string, of: string, piece: Uint8Array, place: string): Promise<void> {
    const codec = codecs.get(of);
    const opened = codec === undefined ? piece : (await opener.openMessage(codec, piece, place)).bytes;
    pieces.set(name, { type: of, bytes: opened });
  }
  await open("root", type, root, statePlace(type));
  for (const table of tables)
    for (const { id, page } of table.pages)
      await open(`${table.name}/${id}`, table.type, page, pagePlace(table.type, table.name, id));
  return pieces;
}

/**
 * A state as it was written, of the aggregate's types of now.
 * @returns also whose values are erased
 * @throws WORLD_STATE_TYPE when it was written as another type, and nothing says how one becomes the other
 */
export async function readImage(
  opener: Pick<Personal, "openMessage">,
  { state: types, earlier }: Pick<Aggregate, "state" | "earlier">,
  bytes: Uint8Array,
): Promise<{ readonly state: State; readonly erased: readonly string[] }> {
  const state = emptyState(types);
  const erased = new Set<string>();
  const image = StateImage.decode(bytes);

  async function read(type: string, now: Codec, piece: Uint8Array, place: string): Promise<Message> {
    const written = type === now.typeName ? undefined : earlierOf(earlier, type, now);
    const codec = written?.codec ?? now;
    const opened = await opener.openMessage(codec, piece, place);
    for (const subject of opened.erased) erased.add(subject);
    const message = codec.decode(opened.bytes) as Message;
    return written === undefined ? message : (written.migrate(message) as Message);
  }

  state.root = await read(image.type, types.root, image.root, statePlace(image.type));
  for (const { name, type, pages } of image.tables) {
    const table = Object.hasOwn(types.tables, name) ? (state[name] as KeptTable) : undefined;
    if (table === undefined && pages.length > 0)
      throw new OrreryError(simulationErrors.WORLD_STATE_TYPE, {
        given: `a state has ${pages.length} messages in a table ${name}, which the aggregate does not have`,
      });
    for (const { id, page } of pages)
      table?.load(id, await read(type, table.codec, page, pagePlace(type, name, id)));
  }
  return { state, erased: [...erased] };
}

function earlierOf(earlier: readonly EarlierState[], type: string, now: Codec): EarlierState {
  const found = earlier.find(({ codec }) => codec.typeName === type);
  if (found !== undefined) return found;
  throw new OrreryError(simulationErrors.WORLD_STATE_TYPE, {
    given: `a state was written as ${type}, the aggregate has ${now.typeName}`,
  });
}
