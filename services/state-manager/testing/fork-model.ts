import { seededNumbers } from "@orrery/bus";
import { WorldArchived } from "@orrery/schema/world/v1";
import { fingerprint } from "@orrery/schema/registry";
import { systemClock } from "@orrery/service";
import { collections } from "../collections/part.ts";
import type { Cut } from "../fork/cut.ts";
import { objects } from "../objects.ts";
import { cutNow, expireAll, forkAt, kitOf } from "./forks.ts";
import { del, idOf, increment, put } from "./operations.ts";
import type { TestState } from "./state.ts";

/** What one object is taken to be; without a value it was deleted. */
interface Kept {
  readonly version: number;
  readonly json: string | undefined;
  readonly expiresGs: number | undefined;
}

interface Items {
  readonly held: number;
  readonly granted: number;
  readonly consumed: number;
  readonly revoked: number;
}

/** A world as a copy of everything would have it. */
export interface Model {
  readonly objects: Map<string, Kept>;
  readonly items: Map<string, Items>;
  /** By key: what has not been taken back. */
  readonly grants: Map<string, number>;
  /** Of a player: what progress was saved last. */
  readonly slots: Map<string, ReadonlyMap<string, string>>;
}

const PLAYERS = ["player:ada", "player:bob", "npc:mira"] as const;
const KEYS = ["a", "b", "c", "d", "e"] as const;
const COLLECTIONS = ["progress", "records"] as const;
const WORLDS_MOST = 7;
const NO_ITEMS: Items = { held: 0, granted: 0, consumed: 0, revoked: 0 };
const nothing = (): Model => ({ objects: new Map(), items: new Map(), grants: new Map(), slots: new Map() });

export interface Worlds {
  readonly models: ReadonlyMap<string, Model>;
  /** Does something somewhere, to the service and to the copies. @returns what, in words */
  step(): Promise<string>;
  /** After a restart. */
  goOn(state: TestState): void;
}

/** Random play in a world and its forks, told by a seed. */
export function randomWorlds(started: TestState, first: string, seed: number): Worlds {
  let state = started;
  const uniform = seededNumbers(seed);
  const pick = <T>(from: readonly T[]) => from[Math.floor(uniform() * from.length)] as T;
  const models = new Map<string, Model>([[first, nothing()]]);
  const parents = new Map<string, string>();
  const cuts: { readonly world: string; readonly cut: Cut; readonly then: Model }[] = [];
  let [made, gs] = [0, 0];

  const client = () => state.client();
  const write = (worldId: string, name: string, act: ReturnType<typeof put>) => {
    const [collection = "", owner = "", key = ""] = name.split(" ");
    return client().write({ worldId, operations: [{ id: idOf(collection, owner, key), ...act }] });
  };

  function set(model: Model, name: string, json: string): void {
    const before = model.objects.get(name);
    if (before?.json === json) return;
    const expiresGs = before?.json === undefined ? undefined : before.expiresGs;
    model.objects.set(name, { version: (before?.version ?? 0) + 1, json, expiresGs });
  }
  function remove(model: Model, name: string): void {
    const before = model.objects.get(name);
    if (before?.json !== undefined)
      model.objects.set(name, { version: before.version, json: undefined, expiresGs: undefined });
  }

  const anyName = () => `${pick(COLLECTIONS)} ${pick(PLAYERS)} ${pick(KEYS)}`;

  async function change(world: string, model: Model): Promise<string> {
    const name = anyName();
    const before = model.objects.get(name);
    const which = uniform();
    if (which < 0.2) {
      await write(world, name, del());
      remove(model, name);
      return `delete ${name}`;
    }
    if (which < 0.45 && before?.json !== undefined) {
      await write(world, name, increment("/score"));
      set(model, name, `{"score":${(JSON.parse(before.json) as { score: number }).score + 1}}`);
      return `increment ${name}`;
    }
    if (which < 0.6 && before?.json !== undefined) {
      const expiresGs = gs + Math.floor(uniform() * 20);
      await write(world, name, { act: { case: "touch", value: { expiresGs } } });
      model.objects.set(name, { ...before, expiresGs });
      return `touch ${name}`;
    }
    return replace(world, model, name);
  }

  async function replace(world: string, model: Model, name = anyName()): Promise<string> {
    const json = `{"score":${Math.floor(uniform() * 4)}}`;
    await write(world, name, put(json));
    set(model, name, json);
    return `put ${name} ${json}`;
  }

  async function give(world: string, model: Model): Promise<string> {
    const [owner, count] = [pick(PLAYERS), 1 + Math.floor(uniform() * 3)];
    const grantKey = `grant ${owner} ${count} of one`;
    const own = model.items.get(owner) ?? NO_ITEMS;
    const which = uniform();
    const left = model.grants.get(grantKey);
    if (which < 0.3 && own.held > 0) {
      await client().consume({ worldId: world, owner, items: [{ itemId: "axe", count: 1 }] });
      model.items.set(owner, { ...own, held: own.held - 1, consumed: own.consumed + 1 });
      return `consume of ${owner}`;
    }
    if (which < 0.5 && left !== undefined && left > 0) {
      await client().revoke({ worldId: world, grantKey });
      const taken = Math.min(left, own.held);
      model.grants.set(grantKey, left - taken);
      model.items.set(owner, { ...own, held: own.held - taken, revoked: own.revoked + taken });
      return `revoke ${grantKey}`;
    }
    await client().grant({ worldId: world, owner, items: [{ itemId: "axe", count }], grantKey });
    if (left === undefined) {
      model.grants.set(grantKey, count);
      model.items.set(owner, { ...own, held: own.held + count, granted: own.granted + count });
    }
    return `grant ${grantKey}`;
  }

  async function slot(world: string, model: Model): Promise<string> {
    const player = pick(["player:ada", "player:bob"] as const);
    const own = () => [...model.objects].filter(([name]) => name.startsWith(`progress ${player} `));
    const saved = model.slots.get(player);
    if (saved === undefined || uniform() < 0.5) {
      await state.player(player).saveSlot({ worldId: world, name: "one" });
      const values = own().flatMap(([name, { json }]) => (json === undefined ? [] : [[name, json] as const]));
      model.slots.set(player, new Map(values));
      return `save ${player}`;
    }
    await state.player(player).loadSlot({ worldId: world, name: "one" });
    for (const [name, json] of saved) set(model, name, json);
    for (const [name] of own()) if (!saved.has(name)) remove(model, name);
    return `load ${player}`;
  }

  async function fork(): Promise<string> {
    const world = `fork-${seed}-${++made}`;
    const earlier = uniform() < 0.5 ? pick(cuts) : undefined;
    const parent = earlier && models.has(earlier.world) ? earlier.world : pick([...models.keys()]);
    const at = earlier?.world === parent ? earlier : undefined;
    const now = models.get(parent) as Model;
    const then = at?.then ?? now;
    // What is written meanwhile is the parent's alone; when an object ends is not known of earlier.
    const busy = pick([true, false]);
    const between = () => (at === undefined ? change(parent, now) : replace(parent, now));
    const copy = copyOf(then, now);
    await forkAt(state, parent, world, at?.cut, busy ? { between } : {});
    models.set(world, copy);
    parents.set(world, parent);
    return `${world} of ${parent}${at === undefined ? "" : ` at ${at.cut.sequence}`}`;
  }

  async function leave(): Promise<string> {
    const leaves = [...parents.keys()].filter((world) => ![...parents.values()].includes(world));
    const world = pick(leaves);
    if (world === undefined) return "nothing to delete";
    const operator = state.host.surroundings.bus.publisher({ source: "operator", world, fingerprint });
    await operator.publish(WorldArchived, { worldId: world, atGs: 0, deleted: true });
    await operator.flush();
    const kit = kitOf(state);
    const gone = () =>
      kit.part(collections).hasEnded(world) &&
      ![...kit.part(objects).ground.heads.values()].some((head) => head.world === world) &&
      !kit.part(objects).ground.forks.has(world);
    while (!gone()) await systemClock.sleep(2);
    models.delete(world);
    parents.delete(world);
    return `delete ${world}`;
  }

  return {
    models,
    goOn: (again) => void (state = again),
    async step() {
      const world = pick([...models.keys()]);
      const model = models.get(world) as Model;
      const which = uniform();
      if (which < 0.06 && models.size < WORLDS_MOST) return fork();
      if (which < 0.08) return leave();
      if (which < 0.14) {
        cuts.push({ world, cut: cutNow(state, world), then: copyOf(model, model) });
        return `note ${world}`;
      }
      if (which < 0.2) {
        gs += 5;
        await expireAll(state, world, gs);
        for (const [name, { expiresGs }] of model.objects)
          if (expiresGs !== undefined && expiresGs <= gs) remove(model, name);
        return `${world}: expire by ${gs}`;
      }
      const does = which < 0.35 ? give : which < 0.42 ? slot : change;
      return `${world}: ${await does(world, model)}`;
    },
  };
}

/** What a fork begins with. When an object ends, and what became of a grant, is known as it is now only. */
function copyOf(then: Model, now: Model): Model {
  const copy = nothing();
  for (const [name, own] of then.objects) {
    const present = now.objects.get(name);
    const expiresGs = own.json === undefined ? undefined : present?.expiresGs;
    copy.objects.set(name, { ...own, expiresGs });
  }
  for (const [owner, { held }] of then.items) copy.items.set(owner, { ...NO_ITEMS, held, granted: held });
  for (const [key, left] of then.grants) copy.grants.set(key, now.grants.get(key) ?? left);
  return copy;
}

/** What the service says of a world, as a model has it: objects page by page, through the index, and one by one. */
export async function told(state: TestState, worldId: string, model: Model) {
  const client = state.client();
  const objectsOf = async (collection: string) => {
    const found = [];
    for (let pageToken = ""; ; ) {
      const page = await client.list({ worldId, collection, pageSize: 3, pageToken, asJson: true });
      found.push(...page.objects);
      pageToken = page.nextPageToken;
      if (pageToken === "") return found;
    }
  };
  const all = [];
  for (const collection of COLLECTIONS) all.push(...(await objectsOf(collection)));
  const scores: Record<string, string[]> = {};
  for (const descending of [false, true]) {
    const found: string[] = [];
    for (let pageToken = ""; ; ) {
      const asked = { worldId, collection: "records", path: "/score", pageSize: 2, pageToken, descending };
      const page = await client.query({ ...asked, asJson: true });
      found.push(...page.objects.map(({ id, json }) => `${json} ${id?.owner} ${id?.key}`));
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
    scores[String(descending)] = found;
  }
  const versions: Record<string, number> = {};
  for (const name of model.objects.keys()) {
    const [collection = "", owner = "", key = ""] = name.split(" ");
    const { object } = await client.get({ worldId, id: idOf(collection, owner, key) });
    versions[name] = object?.version ?? 0;
  }
  const items: Record<string, Items> = {};
  for (const owner of model.items.keys()) {
    const { accounts, stacks } = await client.listInventory({ worldId, owner, full: true });
    const held = stacks.reduce((sum, { count }) => sum + count, 0);
    const [account] = accounts;
    const { granted = 0, consumed = 0, revoked = 0 } = account ?? {};
    items[owner] = { held, granted, consumed, revoked };
  }
  const counts: Record<string, number> = {};
  for (const owner of PLAYERS) {
    const { collections: own } = await client.getQuota({ worldId, owner });
    const here = own.filter((each) => each.worldId === worldId);
    for (const { collection, objects: count } of here)
      if (collection !== "inventory") counts[`${collection} ${owner}`] = count;
  }
  return {
    objects: all.map(({ id, version, json, expiresGs }) => ({
      name: `${id?.collection} ${id?.owner} ${id?.key}`,
      version,
      json,
      expiresGs,
    })),
    up: scores["false"] ?? [],
    down: scores["true"] ?? [],
    versions,
    items,
    counts: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
  };
}

/** The same, as a copy has it; `up` and `down` without an order among equals. */
export function expected(model: Model) {
  const live = [...model.objects]
    .filter(([, { json }]) => json !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const scores = live
    .filter(([name]) => name.startsWith("records "))
    .map(([name, { json }]) => `${json} ${name.slice("records ".length)}`)
    .sort();
  const counts: Record<string, number> = {};
  for (const [name] of live) {
    const of = name.slice(0, name.lastIndexOf(" "));
    counts[of] = (counts[of] ?? 0) + 1;
  }
  return {
    objects: live.map(([name, kept]) => ({ name, ...kept })),
    scores,
    versions: Object.fromEntries([...model.objects].map(([name, { version }]) => [name, version])),
    items: Object.fromEntries(model.items),
    counts,
  };
}
