/** What event `n` of a publisher says; any changed byte shows. */
export function textOf(publisher: string, n: number): string {
  return `${publisher}:${n}:${"abcdefghij".repeat((n % 7) + 1)}`;
}
