import { create } from "@bufbuild/protobuf";
import { type Manifest, ManifestSchema, type SegmentUse } from "@orrery/schema/simulation/v1";
import { addDigest, digestBytes, type Page, pageDigest, type PageName, takeDigest } from "./page.ts";

/** The events of the journal that hold a segment. */
export interface ToldAs {
  /** Whose journal; empty: this world's. */
  readonly world: string;
  readonly publisher: string;
  /** Sequence of the first. */
  readonly first: number;
  readonly parts: number;
  /** Game time at which it was told. */
  readonly atGs: number;
}

/** A segment that a state has pages in. */
export interface LiveSegment {
  readonly id: number;
  /** Who wrote it; empty: this world. */
  readonly world: string;
  readonly told: ToldAs | undefined;
}

/**
 * Where the pages of one state are kept: each in one segment. What is written anew is dead in the segment that it was in;
 * a segment without living pages is of no use any more.
 */
export interface Ledger {
  /** Pages that were written together. */
  put(segment: number, pages: readonly Page[]): void;
  /** Whether the page is kept as it is. */
  holds(page: Page): boolean;
  /** Segment and place in it. */
  placeOf(page: PageName): { readonly segment: LiveSegment; readonly at: number } | undefined;
  /** The page is no more. */
  drop(page: PageName): void;
  /** A segment as a manifest has it: the living ones of its pages. */
  load(use: SegmentUse, pages: readonly (Page | undefined)[]): void;
  told(segment: number, as: ToldAs): void;
  segments(): readonly LiveSegment[];
  /** Living pages of segments that are mostly dead: they are worth being written anew. */
  starved(): readonly PageName[];
  /** Number of the next segment. */
  nextSegment(): number;
  readonly lastSegment: number;
  /** Bytes of the living pages. */
  readonly bytes: number;
  manifest(atGs: number): Manifest;
}

/** Below this share of living pages a segment is written anew. */
const STARVED = 0.4;

interface Kept extends LiveSegment {
  readonly names: readonly PageName[];
  readonly alive: Uint8Array;
  living: number;
  told: ToldAs | undefined;
}

interface Place {
  readonly segment: Kept;
  readonly at: number;
  readonly bytes: number;
  readonly digest: bigint;
}

/** @param last number of the last segment that was written of the state */
export function createLedger(last = 0): Ledger {
  const segments = new Map<number, Kept>();
  const tables = new Map<string, Map<string, Place>>();
  let digest = 0n;
  let bytes = 0;

  const placesOf = (table: string) => {
    let places = tables.get(table);
    if (places === undefined) tables.set(table, (places = new Map()));
    return places;
  };

  function forget({ table, id }: PageName): void {
    const places = placesOf(table);
    const place = places.get(id);
    if (place === undefined) return;
    places.delete(id);
    digest = takeDigest(digest, place.digest);
    bytes -= place.bytes;
    const { segment, at } = place;
    segment.alive[at >> 3] = (segment.alive[at >> 3] as number) & ~(1 << (at & 7));
    segment.living -= 1;
    if (segment.living === 0) segments.delete(segment.id);
  }

  function keep(segment: Kept, at: number, page: Page): void {
    forget(page);
    const own = pageDigest(page);
    placesOf(page.table).set(page.id, { segment, at, bytes: page.bytes.length, digest: own });
    digest = addDigest(digest, own);
    bytes += page.bytes.length;
    segment.alive[at >> 3] = (segment.alive[at >> 3] as number) | (1 << (at & 7));
    segment.living += 1;
  }

  function open({ id, world, told }: LiveSegment, names: readonly PageName[]): Kept {
    const kept = { id, world, told, names, alive: new Uint8Array(Math.ceil(names.length / 8)), living: 0 };
    segments.set(id, kept);
    last = Math.max(last, id);
    return kept;
  }

  return {
    put(id, pages) {
      const names = pages.map(({ table, id: page }) => ({ table, id: page }));
      const segment = open({ id, world: "", told: undefined }, names);
      for (const [at, page] of pages.entries()) keep(segment, at, page);
    },
    holds: (page) => placesOf(page.table).get(page.id)?.digest === pageDigest(page),
    placeOf({ table, id }) {
      const place = tables.get(table)?.get(id);
      return place && { segment: place.segment, at: place.at };
    },
    drop: forget,
    load({ segment: id, world, publisher, first, parts, toldGs, toldWorld }, pages) {
      const told = parts === 0 ? undefined : { world: toldWorld, publisher, first, parts, atGs: toldGs };
      const names = pages.map((page) => ({ table: page?.table ?? "", id: page?.id ?? "" }));
      const segment = open({ id, world, told }, names);
      for (const [at, page] of pages.entries()) if (page !== undefined) keep(segment, at, page);
      if (segment.living === 0) segments.delete(id);
    },
    told(id, as) {
      const segment = segments.get(id);
      if (segment !== undefined) segment.told = as;
    },
    segments: () => [...segments.values()],
    starved: () =>
      [...segments.values()]
        .filter(({ living, names }) => living < STARVED * names.length)
        .flatMap(({ names, alive }) => names.filter((_, at) => isAlive(alive, at))),
    nextSegment: () => (last += 1),
    get lastSegment() {
      return last;
    },
    get bytes() {
      return bytes;
    },
    manifest: (atGs) =>
      create(ManifestSchema, {
        segments: [...segments.values()].map(({ id, world, names, alive, living, told }) => ({
          segment: id,
          world,
          pages: names.length,
          alive: living === names.length ? new Uint8Array() : alive.slice(),
          publisher: told?.publisher ?? "",
          first: told?.first ?? 0,
          parts: told?.parts ?? 0,
          toldGs: told?.atGs ?? 0,
          toldWorld: told?.world ?? "",
        })),
        digest: digestBytes(digest),
        ...(Number.isFinite(atGs) && { atGs }),
      }),
  };
}

/** Whether a page of a segment is part of the state; no bits: all are. */
export const isAlive = (alive: Uint8Array, at: number): boolean =>
  alive.length === 0 || ((alive[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
