import type { Surroundings } from "./surroundings.ts";
import { lifeOf, reauthAfter } from "./token-life.ts";
import type { TokenSource } from "./token.ts";

const AGAIN_MS = 5_000;

/**
 * Signs in anew on the same line before a token ends, for as long as `later` runs what it is given.
 * @param hadMs when the token was asked for
 */
export function keepSignedIn(
  { token, hadMs }: { readonly token: string; readonly hadMs: number },
  { now, later }: Pick<Surroundings, "now"> & { later(ms: number, run: () => void): void },
  tokens: TokenSource,
  say: (token: string) => boolean,
): void {
  async function again(): Promise<void> {
    const askedMs = now();
    const next = await tokens({ fresh: true }).catch(() => undefined);
    // The old token is good for a while; when it has ended the edge says so, and the next try shows what is wrong.
    if (next === undefined) return later(AGAIN_MS, () => void again());
    if (say(next)) keepSignedIn({ token: next, hadMs: askedMs }, { now, later }, tokens, say);
  }
  const lifeMs = lifeOf(token);
  if (lifeMs !== undefined) later(Math.max(0, hadMs + reauthAfter(lifeMs) - now()), () => void again());
}
