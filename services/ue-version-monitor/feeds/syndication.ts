import { OrreryError } from "@orrery/wire";
import { z } from "zod";
import { engineErrors } from "../errors.ts";
import { type Entry, entryOf } from "../sightings/entry.ts";
import { momentOf, readJson } from "./json.ts";
import { readPages } from "./pages.ts";
import type { Reader } from "./reader.ts";
import { xmlOf } from "./xml.ts";

const ACCEPT =
  "application/feed+json, application/atom+xml, application/rss+xml, application/json;q=0.9, text/xml;q=0.8";

/** Atom, RSS or JSON Feed, whichever comes. A feed shows what is recent: what is not in it is not gone. */
export const readSyndication: Reader = async (ask) => {
  const { parse } = await xmlOf();
  const answer = await readPages(ask, ACCEPT, (place, body) =>
    /^\s*\{/.test(body) ? jsonFeed(place, body) : xmlFeed(place, parse(place, body)),
  );
  return { ...answer, whole: false, kept: { ...answer.kept, whole: false } };
};

const jsonShape = z.object({
  version: z.string().startsWith("https://jsonfeed.org/version/"),
  items: z.array(
    z.object({
      title: z.string().optional(),
      url: z.string().optional(),
      content_text: z.string().optional(),
      content_html: z.string().optional(),
      date_published: z.string().optional(),
    }),
  ),
});

const jsonFeed = (place: string, body: string): Entry[] =>
  readJson(place, body, jsonShape).items.map(({ title = "", url = "", ...item }) =>
    entryOf({
      tag: tagOf(title, url),
      notesUrl: url,
      notes: item.content_text ?? item.content_html ?? "",
      releasedMs: momentOf(item.date_published),
    }),
  );

type Node = Readonly<Record<string, unknown>>;
const text = (value: unknown): string => {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return text(value[0]);
  return typeof value === "object" && value !== null ? text((value as Node)["#text"]) : "";
};
const list = (value: unknown): readonly Node[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).filter(
    (one): one is Node => typeof one === "object" && one !== null,
  );

function xmlFeed(place: string, root: Node): Entry[] {
  const atom = root["feed"] as Node | undefined;
  if (atom !== undefined) return list(atom["entry"]).map(atomEntry);
  const channel = (root["rss"] as Node | undefined)?.["channel"] as Node | undefined;
  if (channel !== undefined) return list(channel["item"]).map(rssItem);
  throw new OrreryError(engineErrors.ENGINE_FEED, { given: `${place}: neither Atom nor RSS nor JSON Feed` });
}

function atomEntry(entry: Node): Entry {
  const links = list(entry["link"]);
  const link = links.find((one) => one["@rel"] === undefined || one["@rel"] === "alternate") ?? links[0];
  const notesUrl = text(link?.["@href"]);
  return entryOf({
    tag: tagOf(text(entry["title"]), notesUrl),
    notesUrl,
    notes: text(entry["content"]) || text(entry["summary"]),
    releasedMs: momentOf(text(entry["published"]) || text(entry["updated"])),
  });
}

function rssItem(item: Node): Entry {
  const notesUrl = text(item["link"]);
  return entryOf({
    tag: tagOf(text(item["title"]), notesUrl),
    notesUrl,
    notes: text(item["encoded"]) || text(item["description"]),
    releasedMs: momentOf(text(item["pubDate"])),
  });
}

const VERSION = /(?<![\w.-])v?\d{1,9}(?:\.\d{1,9}){1,2}(?:-[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*)?(?![\w]|\.\d)/g;

/** The tag that a page of a release stands under, or the one version that a title names; else the title as it is. */
export function tagOf(title: string, url: string): string {
  const [, tag] = /\/releases\/tag\/([^/?#]{1,256})/.exec(url) ?? [];
  if (tag !== undefined) return decoded(tag);
  const named = new Set(title.match(VERSION) ?? []);
  const [only] = named;
  return named.size === 1 && only !== undefined ? only : title;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
