/** Prints rows as a table, or as JSON lines where that was asked for. */
export function printRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  json: boolean | undefined,
): void {
  if (json) {
    for (const row of rows) console.log(JSON.stringify(row));
    return;
  }
  const [first] = rows;
  if (first === undefined) {
    console.log("Nothing.");
    return;
  }
  const names = Object.keys(first);
  const text = (value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? value.toFixed(2) : String(value ?? "");
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => text(row[name]).length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  console.log(line(names));
  for (const row of rows) console.log(line(names.map((name) => text(row[name]))));
}

/** `day 1 08:05` of game seconds: days count from 1, as on the page. */
export function gameClock(atGs: number): string {
  const second = ((atGs % 86_400) + 86_400) % 86_400;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `day ${Math.floor(atGs / 86_400) + 1} ${two(second / 3_600)}:${two((second % 3_600) / 60)}`;
}

/** One line that is written over on a terminal; a line every 5 s elsewhere. */
export function progress(): (text: string) => void {
  let lastMs = 0;
  return (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
    else if (Date.now() - lastMs >= 5_000) {
      lastMs = Date.now();
      console.error(text);
    }
  };
}

/** A value of an enum as a word: `redriving`. */
export const wordOf = (words: Readonly<Record<string, number>>, value: number) =>
  Object.keys(words)
    .find((word) => words[word] === value)
    ?.toLowerCase() ?? String(value);
