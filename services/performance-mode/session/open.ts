import type { Session } from "./session.ts";

/** The open sessions, by id and by player. */
export class OpenSessions {
  readonly #byId = new Map<string, Session>();
  /** Mostly one: then it is that one's id. */
  readonly #byPlayer = new Map<string, string | readonly string[]>();

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Session> {
    return this.#byId.values();
  }

  of(player: string): readonly Session[] {
    const ids = this.#byPlayer.get(player) ?? [];
    return (typeof ids === "string" ? [ids] : ids).flatMap((id) => this.#byId.get(id) ?? []);
  }

  /** @param session undefined: it is over */
  set(id: string, session: Session | undefined): void {
    const before = this.#byId.get(id);
    if (session !== undefined) this.#byId.set(id, session);
    else this.#byId.delete(id);
    if ((before === undefined) === (session === undefined)) return;
    const { player } = (session ?? before) as Session;
    const ids = [this.#byPlayer.get(player) ?? []].flat().filter((one) => one !== id);
    if (session !== undefined) ids.push(id);
    const [first, second] = ids;
    if (first === undefined) this.#byPlayer.delete(player);
    else this.#byPlayer.set(player, second === undefined ? first : ids);
  }
}
