import { connect, type World, type WorldEvent } from "@orrery/client";
import { codecs } from "@orrery/schema/registry";
import { REGIONS, WORLD } from "./protocol.ts";

/** What somebody knows of the world who follows it through the SDK. */
export interface Follower {
  readonly world: World;
  /** Live transactional events, as `publisher/sequence`, in order. */
  readonly ledger: readonly string[];
  /** Live events that came again. */
  readonly doubles: number;
  /** Latest of each type and key that was said live, as hex. */
  state(): ReadonlyMap<string, string>;
}

/** Said to one player: another one is told something else, or nothing. */
const isOwn = (type: string) => {
  const audience = codecs.get(type)?.event?.audience;
  return audience === "owner" || audience === "listed";
};
const TRANSACTIONAL = "weather.v1.WeatherSevere";

export async function follow(url: string, name: string, worldId = WORLD): Promise<Follower> {
  const world = await connect({ url, world: worldId, deviceId: name });
  const all = world.subscribe({ regions: REGIONS });
  const ledger: string[] = [];
  const seen = new Set<string>();
  const latest = new Map<string, Uint8Array>();
  let doubles = 0;

  function take({ type, key, payload, id, snapshot }: WorldEvent): void {
    if (isOwn(type)) return;
    // A snapshot tells of its own moment, the clock's now among it: who came a moment later was told otherwise.
    if (snapshot) return;
    latest.set(`${type} ${key}`, payload);
    const name = `${id.publisher}/${id.sequence}`;
    if (seen.has(name)) doubles += 1;
    seen.add(name);
    if (type === TRANSACTIONAL) ledger.push(name);
  }
  void (async () => {
    for await (const event of all) take(event);
  })();
  for (const event of await all.snapshot) take(event);
  return {
    world,
    ledger,
    get doubles() {
      return doubles;
    },
    state: () => new Map([...latest].map(([name, payload]) => [name, Buffer.from(payload).toString("hex")])),
  };
}
