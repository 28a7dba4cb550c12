import { createHash } from "node:crypto";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "./errors.ts";

/** Items of a page where a call names no number, and the most that it may name. */
export interface PageSizes {
  readonly standard: number;
  readonly most: number;
}

const SIZES: PageSizes = { standard: 100, most: 500 };

/** What a page's place is made of, one for each of its parts. */
export type PlaceKind = "number" | "text";
export type PlaceOf<K extends readonly PlaceKind[]> = {
  readonly [I in keyof K]: K[I] extends "number" ? number : string;
};

/** A page as it was asked for. */
export interface Page<P> {
  readonly size: number;
  /** Where it begins, as it was given to `next`; undefined: at the beginning. */
  readonly place: P | undefined;
  /** The token of the page that begins there; empty: this one was the last. */
  next(place: P | undefined): string;
}

/**
 * Reads what a call asks for of a list.
 * @param query all that decides which items there are and in what order: a token is good for this query alone, whatever the
 *   size of the page
 * @param kinds what a place in the list is made of
 * @throws RPC_FIELD_INVALID beyond the most, RPC_PAGE_TOKEN
 */
export function pageAsked<const K extends readonly PlaceKind[]>(
  { pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string },
  query: unknown,
  kinds: K,
  { standard, most }: PageSizes = SIZES,
): Page<PlaceOf<K>> {
  if (pageSize > most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `page_size ${pageSize}, at most ${most}`,
    });
  const made = createHash("sha256").update(JSON.stringify(query)).digest("base64url").slice(0, 10);
  return {
    size: pageSize || standard,
    place: pageToken === "" ? undefined : (placeIn(pageToken, made, kinds) as PlaceOf<K>),
    next: (place) =>
      place === undefined ? "" : Buffer.from(JSON.stringify([made, ...place])).toString("base64url"),
  };
}

/** A page of a list that is in memory and does not change under its reader. */
export function pageOf<T>(
  items: readonly T[],
  { size, place: [start] = [0], next }: Page<readonly [number]>,
): { readonly items: T[]; readonly nextPageToken: string } {
  const end = start + size;
  return { items: items.slice(start, end), nextPageToken: next(end < items.length ? [end] : undefined) };
}

function placeIn(token: string, made: string, kinds: readonly PlaceKind[]): readonly unknown[] {
  const [of, ...place] = read(token);
  const fits = place.every((part, at) =>
    kinds[at] === "number" ? Number.isFinite(part) : typeof part === "string",
  );
  if (of !== made || place.length !== kinds.length || !fits)
    throw new OrreryError(serviceErrors.RPC_PAGE_TOKEN);
  return place;
}

/** What is no token at all is answered like one of another query. */
function read(token: string): readonly unknown[] {
  try {
    const said: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    return Array.isArray(said) ? said : [];
  } catch {
    return [];
  }
}
