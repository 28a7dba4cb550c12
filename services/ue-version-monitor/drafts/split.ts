/** A line of release notes that says one thing. */
export interface NoteLine {
  /** From 1. */
  readonly line: number;
  /** Without marks of lists and emphasis. */
  readonly text: string;
  /** As it stands there. */
  readonly raw: string;
  /** The last heading above it; empty: none. */
  readonly heading: string;
}

const LINES_MOST = 20_000;
const LONGEST = 1_000;
const HEADING = /^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$/;
const ITEM = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+(.+)$/;
const HTML_ITEM = /<li[^>]*>([\s\S]{1,2000}?)<\/li>/gi;
const HTML_HEADING = /<h[1-6][^>]*>([\s\S]{1,500}?)<\/h[1-6]>/gi;

/** Splits notes by headings and list items; what stands in neither says nothing that can be told apart. */
export function splitNotes(notes: string): readonly NoteLine[] {
  const found: NoteLine[] = [];
  let heading = "";
  let isCode = false;
  for (const [at, raw] of asMarkdown(notes).split(/\r?\n/, LINES_MOST).entries()) {
    if (/^\s*(```|~~~)/.test(raw)) isCode = !isCode;
    if (isCode) continue;
    const title = HEADING.exec(raw)?.[1];
    const item = ITEM.exec(raw)?.[1];
    if (title !== undefined) heading = plain(title);
    else if (item !== undefined)
      found.push({ line: at + 1, text: plain(item), raw: raw.trim().slice(0, LONGEST), heading });
  }
  return found;
}

/** Feeds bring notes as HTML. */
const asMarkdown = (notes: string): string =>
  /<li[\s>]/i.test(notes)
    ? notes
        .replace(HTML_HEADING, "\n# $1\n")
        .replace(HTML_ITEM, (_all, text: string) => `\n- ${stripped(text)}\n`)
    : notes;

const stripped = (html: string): string =>
  html
    .replace(/<[^>]{0,500}>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();

const plain = (text: string): string =>
  stripped(text.replace(/!?\[([^\]]{0,300})\]\([^)]{0,500}\)/g, "$1").replace(/[*_`~]{1,3}/g, "")).slice(
    0,
    LONGEST,
  );
