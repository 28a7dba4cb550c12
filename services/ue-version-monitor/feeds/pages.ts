import { OrreryError } from "@orrery/wire";
import type { KeptPageInit } from "@orrery/schema/engine/v1";
import { engineErrors } from "../errors.ts";
import { type Entry, entryOf } from "../sightings/entry.ts";
import { type Answer, type Ask, keptEntry } from "./reader.ts";
import { type Got, placeOf } from "./request.ts";

const PAGES_MOST = 10;
const UNASKED: Got = { unchanged: true, etag: "", lastModified: "", body: "", link: "", untilMs: undefined };

/**
 * Reads a list in pages, each with a name of its own by which only what is another is sent again: a first page that is as it
 * was says nothing of the second. Where a source wants no more requests, what was known of the other pages stays, and the list
 * does not count as whole.
 */
export async function readPages(
  { source, before, get }: Ask,
  accept: string,
  parse: (place: string, body: string) => readonly Entry[],
): Promise<Answer> {
  const known = new Map((before?.pages ?? []).map((page) => [page.url, page]));
  const pages: KeptPageInit[] = [];
  const entries: Entry[] = [];
  let isSame = before !== undefined;
  let url = source.url;
  let isStopped = false;
  while (url !== "" && pages.length < PAGES_MOST) {
    if (pages.some((page) => page.url === url))
      throw new OrreryError(engineErrors.ENGINE_FEED, { given: `${placeOf(url)}: its pages lead back` });
    const page = known.get(url);
    if (isStopped && page === undefined) break;
    const got: Got = isStopped ? UNASKED : await get(url, accept, page);
    isStopped ||= got.untilMs !== undefined;
    if (got.unchanged && page !== undefined) {
      pages.push(page);
      entries.push(...page.entries.map((one) => entryOf(one)));
      url = page.nextUrl;
      continue;
    }
    isSame = false;
    const found = parse(placeOf(url), got.body);
    const nextUrl = nextOf(got.link, url);
    const { etag, lastModified } = got;
    pages.push({ url, etag, lastModified, nextUrl, entries: found.map(keptEntry) });
    entries.push(...found);
    url = nextUrl;
  }
  const whole = url === "" && !isStopped;
  return { unchanged: isSame && pages.length === known.size, entries, whole, kept: { pages, whole } };
}

/** Of a `Link` header; on the same host and by the same scheme alone, so that nobody leads a token elsewhere. Empty: there is none. */
export function nextOf(link: string, url: string): string {
  for (const part of link.split(/,\s*(?=<)/)) {
    const [, target, rest = ""] = /^\s*<([^>]{1,2000})>(.*)$/.exec(part) ?? [];
    if (target === undefined || !/;\s*rel="?[^";]*\bnext\b/.test(rest)) continue;
    const next = URL.parse(target, url);
    return next !== null && next.origin === new URL(url).origin ? next.href : "";
  }
  return "";
}
