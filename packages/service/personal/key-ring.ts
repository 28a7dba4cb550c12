import type { Clock } from "@orrery/bus";

/** A subject's key as it was handed out. */
export interface Held {
  /** 32 hex digits. */
  readonly id: string;
  readonly worldId: string;
  readonly subject: string;
  /** 32 bytes; undefined: destroyed. */
  readonly key: Uint8Array | undefined;
}

export interface KeysAsked {
  readonly worldId: string;
  readonly subjects: readonly string[];
  readonly keyIds: readonly string[];
}

/** Where keys come from: event-bus, however it is reached. */
export type KeySource = (
  asked: KeysAsked,
) => Promise<{ readonly keys: readonly Held[]; readonly validMs: number }>;

/** Keys that this process holds for a while. */
export interface KeyRing {
  /** By subject; made where there were none. */
  ofSubjects(world: string, subjects: ReadonlySet<string>): Promise<ReadonlyMap<string, Held>>;
  /** By id; one that nobody gave out is not among them. */
  ofIds(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Held>>;
  /** Asks anew for everything from now on. */
  forget(): void;
}

const AT_ONCE = 1_000;
/** Keys held beyond this are dropped, those held longest first. */
const MOST = 50_000;

export function createKeyRing(source: KeySource, clock: Clock): KeyRing {
  const byId = new Map<string, Held & { readonly untilMs: number }>();
  const idOf = new Map<string, string>();
  const slot = (world: string, subject: string) => `${world}\n${subject}`;

  function fresh(id: string | undefined): Held | undefined {
    const held = id === undefined ? undefined : byId.get(id);
    return held !== undefined && clock.now() < held.untilMs ? held : undefined;
  }

  async function fetch(asked: KeysAsked): Promise<readonly Held[]> {
    const beganMs = clock.now();
    const { keys, validMs } = await source(asked);
    for (const held of keys) {
      byId.delete(held.id);
      byId.set(held.id, { ...held, untilMs: beganMs + validMs });
      idOf.set(slot(held.worldId, held.subject), held.id);
    }
    for (const [id, held] of byId) {
      if (byId.size <= MOST) break;
      byId.delete(id);
      idOf.delete(slot(held.worldId, held.subject));
    }
    return keys;
  }

  async function all<T>(
    wanted: ReadonlySet<string>,
    known: (name: string) => Held | undefined,
    ask: (names: readonly string[]) => Promise<readonly Held[]>,
    nameOf: (held: Held) => T,
  ): Promise<Map<T, Held>> {
    const found = new Map<T, Held>();
    const missing: string[] = [];
    for (const name of wanted) {
      const held = known(name);
      if (held === undefined) missing.push(name);
      else found.set(nameOf(held), held);
    }
    for (let at = 0; at < missing.length; at += AT_ONCE)
      for (const held of await ask(missing.slice(at, at + AT_ONCE))) found.set(nameOf(held), held);
    return found;
  }

  return {
    ofSubjects: (worldId, subjects) =>
      all(
        subjects,
        (subject) => fresh(idOf.get(slot(worldId, subject))),
        (names) => fetch({ worldId, subjects: names, keyIds: [] }),
        ({ subject }) => subject,
      ),
    ofIds: (ids) =>
      all(
        ids,
        (id) => fresh(id),
        (names) => fetch({ worldId: "", subjects: [], keyIds: names }),
        ({ id }) => id,
      ),
    forget() {
      byId.clear();
      idOf.clear();
    },
  };
}
