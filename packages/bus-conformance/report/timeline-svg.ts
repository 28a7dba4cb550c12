import type { RowKind, Timeline } from "../oracle/timeline.ts";

const WIDTH = 960;
const NAME_WIDTH = 210;
const ROW_HEIGHT = 24;
const TOP = 30;
const BOTTOM = 22;
const TICKS = 6;
const CLASSES: Readonly<Record<RowKind, string>> = {
  published: "published",
  handled: "handled",
  retried: "retried",
  "dead letters": "dead",
};

export const escapeText = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Rows of bars over one time axis; faults lie behind them as bands. */
export function timelineSvg({ lengthMs, rows, faults }: Timeline): string {
  const height = TOP + rows.length * ROW_HEIGHT + BOTTOM;
  const span = WIDTH - NAME_WIDTH;
  const x = (ms: number) => NAME_WIDTH + (ms / (lengthMs || 1)) * span;
  const parts: string[] = [];
  let labelEnd = 0;
  for (const { name, fromMs, toMs } of faults) {
    const left = x(fromMs);
    const width = Math.max(x(toMs) - left, 2);
    parts.push(
      `<rect class="fault" x="${left.toFixed(1)}" y="${TOP - 6}" width="${width.toFixed(1)}" height="${height - TOP - BOTTOM + 6}"><title>${escapeText(name)}, ${fromMs} to ${toMs} ms</title></rect>`,
    );
    // A label that would lie on the one before is left to the band's title.
    if (left < labelEnd) continue;
    parts.push(`<text class="fault-name" x="${left.toFixed(1)}" y="${TOP - 12}">${escapeText(name)}</text>`);
    labelEnd = left + name.length * 6.2 + 8;
  }
  for (const [at, { of, kind, total, bins }] of rows.entries()) {
    const base = TOP + (at + 1) * ROW_HEIGHT - 3;
    const most = Math.max(...bins, 1);
    const step = span / bins.length;
    const path = bins
      .map((count, bin) => {
        if (count === 0) return "";
        const tall = Math.max(1.5, Math.sqrt(count / most) * (ROW_HEIGHT - 6));
        return `M${(NAME_WIDTH + bin * step).toFixed(1)} ${base}v${(-tall).toFixed(1)}h${Math.max(step - 0.6, 0.6).toFixed(1)}v${tall.toFixed(1)}z`;
      })
      .join("");
    parts.push(
      `<text x="0" y="${base - 5}">${escapeText(of)}</text>`,
      `<text class="total" x="${NAME_WIDTH - 10}" y="${base - 5}">${total.toLocaleString("en")}</text>`,
      `<path class="${CLASSES[kind]}" d="${path}"><title>${escapeText(`${of}: ${total} ${kind}`)}</title></path>`,
      `<line x1="${NAME_WIDTH}" x2="${WIDTH}" y1="${base}" y2="${base}"/>`,
    );
  }
  for (let tick = 0; tick <= TICKS; tick++) {
    const ms = (lengthMs * tick) / TICKS;
    const anchor = tick === 0 ? "start" : tick === TICKS ? "end" : "middle";
    const label = lengthMs < 2_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
    parts.push(
      `<text class="tick" text-anchor="${anchor}" x="${x(ms).toFixed(1)}" y="${height - 5}">${label}</text>`,
    );
  }
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="What happened when">${parts.join("")}</svg>`;
}
