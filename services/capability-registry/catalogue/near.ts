/** How many letters it takes to make one word of another; at most `most`, beyond which nobody means it. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] as number;
}

const FURTHEST = 8;
const SHOWN = 3;

/** The words that are most like one that is not among them. */
export function nearest(given: string, words: Iterable<string>): readonly string[] {
  const word = given.slice(0, 64);
  return [...words]
    .map((other) => ({
      other,
      far: other.includes(word) && word !== "" ? 1 : distance(word, other, FURTHEST),
    }))
    .filter(({ far }) => far <= FURTHEST)
    .sort((a, b) => a.far - b.far || (a.other < b.other ? -1 : 1))
    .slice(0, SHOWN)
    .map(({ other }) => other);
}
