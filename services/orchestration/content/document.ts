import { create } from "@bufbuild/protobuf";
import {
  type BeingInit,
  type ContentDocument,
  ContentDocumentSchema,
  type ContentOrder,
  type CoordinationInit,
  type Rung,
} from "@orrery/schema/orchestration/v1";
import { streamsOf, type Streams } from "@orrery/simulation";
import { shortDigest } from "../engine/ids.ts";
import { foundation, OUT } from "./foundation.ts";

/** Of the rules: other rules are another version of all that is made by them. */
const VERSION = 1;
const SUM_WITHIN = 1e-6;

export const streamsFor = ({ kind, regionId, seed, difficulty }: ContentOrder): Streams =>
  streamsOf(seed, `content ${VERSION} ${kind} ${regionId} ${difficulty}`);

export const contentId = ({ kind, regionId, seed, difficulty }: ContentOrder): string =>
  `content-${shortDigest(String(VERSION), String(kind), regionId, seed, String(difficulty)).slice(0, 22)}`;

/** A document with nothing but its foundation. */
export function founded(order: ContentOrder, rung: Rung): ContentDocument {
  const made = foundation(order, streamsFor(order));
  return create(ContentDocumentSchema, { contentId: contentId(order), order, rung, ...made });
}

/** Fields of a being that each later layer owns. */
const OWNED = {
  customization: ["name", "looks", "history", "mood"],
  interaction: ["opening", "stance"],
} as const;

/** Lays what a layer says of beings over a document. It says what it owns of those who are there, or it is refused. */
export function withBeings(
  document: ContentDocument,
  layer: keyof typeof OWNED,
  patches: readonly BeingInit[],
): ContentDocument {
  for (const patch of patches) {
    const being = document.beings.find(({ beingId }) => beingId === patch.beingId);
    if (being === undefined) throw new Error(`${layer} speaks of ${patch.beingId}, who is not there`);
    const owned: readonly string[] = OWNED[layer];
    const strange = Object.keys(patch).find((field) => field !== "beingId" && !owned.includes(field));
    if (strange !== undefined) throw new Error(`${layer} does not own ${strange}`);
    Object.assign(being, patch);
  }
  return document;
}

export function withCoordination(document: ContentDocument, given: CoordinationInit): ContentDocument {
  const { coordination } = create(ContentDocumentSchema, { coordination: given });
  return Object.assign(document, { coordination });
}

/** What is wrong with a document; undefined: it holds. */
export function problemOf({ rooms, beings, order, coordination }: ContentDocument): string | undefined {
  const ids = new Set(rooms.map(({ roomId }) => roomId));
  for (const { beingId, stats, roomId } of beings) {
    const { vigor = 0, might = 0, guard = 0, pace = 0 } = stats ?? {};
    const all = [vigor, might, guard, pace];
    if (all.some((value) => !(value >= 0.05 - 1e-9 && value <= 1 + 1e-9)))
      return `${beingId}: a stat is out of .05..1`;
    const sum = all.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1 - 2 * (order?.difficulty ?? 0)) > SUM_WITHIN)
      return `${beingId}: its stats come to ${sum}`;
    if (!ids.has(roomId)) return `${beingId} is in ${roomId}, which there is not`;
  }
  for (const { roomId, exits, widthM, depthM } of rooms) {
    if (exits.length < 1 || exits.length > 4) return `${roomId} has ${exits.length} exits`;
    if (Math.min(widthM, depthM) < 4 || Math.max(widthM, depthM) > 50)
      return `${roomId} is ${widthM} x ${depthM} m`;
  }
  const seen = new Set<string>();
  for (const queue = rooms.slice(0, 1).map(({ roomId }) => roomId); queue.length > 0; ) {
    const roomId = queue.pop() as string;
    if (seen.has(roomId) || roomId === OUT) continue;
    seen.add(roomId);
    queue.push(...(rooms.find((room) => room.roomId === roomId)?.exits ?? []));
  }
  if (seen.size !== rooms.length) return `${rooms.length - seen.size} rooms cannot be reached`;
  const out = coordination?.wayOutRoom ?? "";
  return out === "" || ids.has(out) ? undefined : `the way out is in ${out}, which there is not`;
}
