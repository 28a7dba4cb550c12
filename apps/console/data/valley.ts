import {
  connect,
  type ConnectionStatus,
  issuedTokens,
  type TokenSource,
  type World,
  type WorldEvent,
} from "@orrery/client";
import { clientEvents } from "@orrery/schema/client-events";
import { JournalService, Order } from "@orrery/schema/bus/v1";
import { EdgeService } from "@orrery/schema/router/v1";
import {
  GroundConditionsChanged,
  WeatherChanged,
  WeatherSevere,
  AlertStage,
  type GetMapResponse,
  MapField,
  WeatherService,
} from "@orrery/schema/weather/v1";
import {
  type ForkedFrom,
  type Pack,
  PackRevised,
  PriceChanged,
  RegionControlChanged,
  RouteChanged,
  WorldCreated,
  WorldStateUpdated,
} from "@orrery/schema/world/v1";
import { NpcSpoke } from "@orrery/schema/npc/v1";
import { PhaseChanged, SeasonChanged } from "@orrery/schema/time/v1";
import { OrreryError, renderSays } from "@orrery/wire";
import { adminKey, forgetKey } from "./admin-key.ts";
import { observable } from "./observable.ts";
import { type Moment, readMoment } from "./past.ts";
import { learnActivities, learnMarkets, learnPowers, learnThings } from "./learn.ts";
import { createMarkets, type Markets } from "./markets.ts";
import { createPeople, type People } from "./people.ts";
import { createPowers, type Powers } from "./powers.ts";
import { REPAINT } from "./repaint.ts";

/** One line of what happened. */
export interface Told {
  readonly event: WorldEvent;
  readonly says: string;
  readonly atGs: number | undefined;
}

/** The world as the page knows it; lives outside React and is drawn at the display's pace. */
export interface Valley {
  readonly world: World;
  readonly isAdmin: boolean;
  readonly deviceId: string;
  readonly pack: ReturnType<typeof observable<Pack | undefined>>;
  /** Whose past the world has; undefined: it began by itself. */
  readonly forkedFrom: ReturnType<typeof observable<ForkedFrom | undefined>>;
  readonly status: ReturnType<typeof observable<ConnectionStatus>>;
  /** The land as it lies now, or at the moment of the past that is looked at. */
  readonly weather: Moment["weather"];
  readonly ground: Moment["ground"];
  readonly alerts: Moment["alerts"];
  /** Where everybody is, as of now. */
  readonly people: People;
  /** What everything costs and which roads are closed, as of now. */
  readonly markets: Markets;
  /** Whose the land is, as of now. */
  readonly powers: Powers;
  /** Whether the past is on its way, is shown, or why it is not. */
  readonly past: ReturnType<typeof observable<PastView>>;
  /** Looks at a moment of the past; undefined: back to now. */
  lookAt(atGs: number | undefined): void;
  readonly phase: ReturnType<typeof observable<PhaseChanged | undefined>>;
  readonly season: ReturnType<typeof observable<SeasonChanged | undefined>>;
  /** Fronts, lows and highs, as of the last full hour. */
  readonly chart: ReturnType<typeof observable<GetMapResponse | undefined>>;
  /** The last things that happened, newest first. */
  readonly told: ReturnType<typeof observable<readonly Told[]>>;
  /** Grows with every change of weather or ground. */
  readonly revision: ReturnType<typeof observable<number>>;
  /** Grows once a second when people have moved or begun something. */
  readonly peopleRevision: ReturnType<typeof observable<number>>;
  /** Live events, for those who want each. */
  onEvent(listener: (told: Told) => void): () => void;
  nameOf(id: string): string;
  /** What a service calls something that the pack does not tell clients of. */
  learnNames(named: Iterable<{ readonly id: string; readonly name: string }>): void;
}

export type PastView =
  | { readonly state: "now" | "reading" | "shown" }
  | { readonly state: "refused"; readonly why: string };

const KEPT = 200;
const PLAYER = "player:";
const HOUR_GS = 3_600;
/** How often, and after which pauses, the door is asked what a world is made of now. */
const ASK_TRIES = 10;
const ASK_MS = 500;
const HAND_MS = 120;
/** Lists of people are written anew this often. */
const PEOPLE_MS = 1_000;

export async function openValley(): Promise<Valley> {
  const url = location.origin;
  const device = sessionStorage.getItem("orrery-device") ?? crypto.randomUUID();
  sessionStorage.setItem("orrery-device", device);
  const key = await adminKey();
  const token = issuedTokens(url, device, key, {
    load: () => sessionStorage.getItem("orrery-guest") ?? "",
    save: (secret) => sessionStorage.setItem("orrery-guest", secret),
  });
  const wanted = new URLSearchParams(location.search).get("world") ?? "";
  if (key !== "") await checkKey(token);
  const id = wanted !== "" ? wanted : await firstWorld(url, token);
  const options = { url, world: id, token, deviceId: device, engine: "web" };
  const world = await connect(options).catch(async (error: unknown) => {
    throw /ROUTER_WORLD_/.test(String(error)) ? await noSuchWorld(url, token, id) : error;
  });

  const weather = new Map<string, WeatherChanged>();
  const ground = new Map<string, GroundConditionsChanged>();
  const alerts = new Map<string, WeatherSevere>();
  const listeners = new Set<(told: Told) => void>();
  const names = new Map<string, string>();
  const people = createPeople();
  const markets = createMarkets();
  const powers = createPowers();
  let peopleMoved = false;
  const live: Moment = { weather, ground, alerts };
  let shown = live;
  let reading = new AbortController();
  const valley: Valley = {
    world,
    isAdmin: key !== "",
    deviceId: device,
    get weather() {
      return shown.weather;
    },
    get ground() {
      return shown.ground;
    },
    get alerts() {
      return shown.alerts;
    },
    people,
    markets,
    powers,
    past: observable<PastView>({ state: "now" }),
    lookAt: (atGs) => void look(atGs),
    pack: observable<Pack | undefined>(undefined),
    forkedFrom: observable<ForkedFrom | undefined>(undefined),
    status: observable(world.status),
    phase: observable<PhaseChanged | undefined>(undefined),
    season: observable<SeasonChanged | undefined>(undefined),
    chart: observable<GetMapResponse | undefined>(undefined),
    told: observable<readonly Told[]>([]),
    revision: observable(0),
    peopleRevision: observable(0),
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    nameOf: (entity) =>
      names.get(entity) ?? people.all.get(entity)?.name ?? (entity.startsWith(PLAYER) ? "a guest" : entity),
    learnNames(named) {
      for (const { id: own, name } of named) names.set(own, name);
    },
  };
  let waiting: Told[] = [];

  function show(moment: Moment, view: PastView): void {
    shown = moment;
    valley.past.set(view);
    valley.revision.set(valley.revision.get() + REPAINT);
  }

  async function look(atGs: number | undefined): Promise<void> {
    reading.abort();
    if (atGs === undefined) return void (shown !== live && show(live, { state: "now" }));
    if (!valley.isAdmin)
      return show(live, {
        state: "refused",
        why: "The journal is open to admins: use the address of `npm start`.",
      });
    const own = new AbortController();
    reading = own;
    valley.past.set({ state: "reading" });
    // Whoever drags over days wants the place where the hand stops.
    await new Promise((resolve) => setTimeout(resolve, HAND_MS));
    if (own.signal.aborted) return;
    try {
      const regions = valley.pack.get()?.land?.regions.length ?? Number.POSITIVE_INFINITY;
      const moment = await readMoment(world, atGs, regions, own.signal);
      if (!own.signal.aborted) show(moment, { state: "shown" });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!own.signal.aborted) show(live, { state: "refused", why });
    }
  }

  function learnPack(pack: Pack | undefined): void {
    if (pack === undefined) return;
    for (const { id: own, name } of [...(pack.land?.regions ?? []), ...(pack.land?.places ?? [])])
      names.set(own, name);
    for (const { id: own, name } of pack.calendar?.moons ?? []) names.set(own, name);
    valley.pack.set(pack);
  }

  function take(event: WorldEvent): void {
    const codec = clientEvents.get(event.type);
    const message = codec?.decode(event.payload) as { atGs?: number } | undefined;
    switch (event.type) {
      case WorldCreated.typeName:
        learnPack((message as unknown as WorldCreated).pack);
        valley.forkedFrom.set((message as unknown as WorldCreated).forkedFrom);
        break;
      case PackRevised.typeName:
        void learnAnew(world, message as unknown as PackRevised).then(learnPack);
        break;
      case WeatherChanged.typeName:
        weather.set(event.key, message as unknown as WeatherChanged);
        break;
      case GroundConditionsChanged.typeName:
        ground.set(event.key, message as unknown as GroundConditionsChanged);
        break;
      case WeatherSevere.typeName: {
        const severe = message as unknown as WeatherSevere;
        const slot = `${severe.regionId} ${severe.kind}`;
        if (severe.stage === AlertStage.ENDED) alerts.delete(slot);
        else alerts.set(slot, severe);
        break;
      }
      case WorldStateUpdated.typeName:
        people.take(message as unknown as WorldStateUpdated);
        learnThings(message as unknown as WorldStateUpdated, names);
        break;
      case PriceChanged.typeName:
        markets.takePrice(message as unknown as PriceChanged);
        break;
      case RouteChanged.typeName:
        markets.takeRoad(message as unknown as RouteChanged);
        break;
      case RegionControlChanged.typeName:
        powers.take(message as unknown as RegionControlChanged);
        break;
      case PhaseChanged.typeName:
        valley.phase.set(message as unknown as PhaseChanged);
        break;
      case SeasonChanged.typeName:
        valley.season.set(message as unknown as SeasonChanged);
        break;
    }
    const isWalk = event.type === WorldStateUpdated.typeName;
    peopleMoved ||= isWalk;
    if (!isWalk) valley.revision.set(valley.revision.get() + 1);
    if (event.snapshot) return;
    const says =
      codec === undefined ? event.type : renderSays(codec, message as never, { nameOf: valley.nameOf });
    const told = { event, says, atGs: message?.atGs };
    for (const listener of listeners) listener(told);
    // Each step and each greeting of everybody would leave no room for what happens.
    if (!isWalk && event.type !== NpcSpoke.typeName) waiting.push(told);
  }

  // Thousands of events a second change the list once a frame.
  const publish = () => {
    if (waiting.length > 0) {
      valley.told.set([...waiting.reverse(), ...valley.told.get()].slice(0, KEPT));
      waiting = [];
    }
    requestAnimationFrame(publish);
  };
  requestAnimationFrame(publish);
  setInterval(() => {
    if (peopleMoved) valley.peopleRevision.set(valley.peopleRevision.get() + 1);
    peopleMoved = false;
  }, PEOPLE_MS);

  const everything = world.subscribe({ allRegions: true });
  for (const event of await everything.snapshot) take(event);
  if (valley.isAdmin) void recall(valley);
  void (async () => {
    for await (const event of everything) take(event);
  })();
  void (async () => {
    for await (const status of world.statuses()) valley.status.set(status);
  })();
  void followChart(valley);
  void learnMarkets(valley);
  void learnPowers(valley);
  void learnActivities(valley);
  return valley;
}

/** What a revision makes of the pack: its event names the sections, and who asks anew is given them. */
async function learnAnew(world: World, { pack, sections }: PackRevised): Promise<Pack | undefined> {
  if (pack !== undefined) return pack;
  const digests = (of: Pick<PackRevised, "sections">) => of.sections.map(({ digest }) => digest).join();
  for (let tries = 0; tries < ASK_TRIES; tries++) {
    const asked = world.subscribe({});
    const told = await asked.snapshot.catch(() => []);
    asked.close();
    for (const event of told) {
      const created = event.as(WorldCreated);
      if (created !== undefined && digests(created) === digests({ sections })) return created.pack;
    }
    // The edge may hear of it a moment later.
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
  return undefined;
}

/** What was said before the page was opened, so that it opens on a world that has a past. */
async function recall(valley: Valley): Promise<void> {
  const types = [
    "weather.v1.WeatherChanged",
    "weather.v1.WeatherSevere",
    "time.v1.PhaseChanged",
    "time.v1.DayChanged",
    "time.v1.SeasonChanged",
  ];
  const { events: past } = await valley.world
    .rpc(JournalService)
    .query({ worldId: valley.world.id, filter: { types }, order: Order.NEWEST_FIRST, pageSize: 30 });
  const told = past.map((kept): Told => {
    const codec = clientEvents.get(kept.type);
    const event: WorldEvent = {
      type: kept.type,
      id: { publisher: kept.id?.publisher ?? "", sequence: kept.id?.sequence ?? 0 },
      key: kept.key,
      service: kept.service,
      lane: codec?.event?.lane ?? "standard",
      timeMs: kept.timeMs,
      cause: kept.cause,
      payload: kept.payload,
      region: undefined,
      snapshot: true,
      as: (wanted) => (wanted.typeName === kept.type ? wanted.decode(kept.payload) : undefined),
    };
    const says =
      codec === undefined
        ? kept.says
        : renderSays(codec, codec.decode(kept.payload), { nameOf: valley.nameOf });
    return { event, says, atGs: kept.atGs };
  });
  valley.told.set([...valley.told.get(), ...told].slice(0, KEPT));
}

/** @throws that the key is not this Orrery's; it is forgotten then */
async function checkKey(token: TokenSource): Promise<void> {
  try {
    await token({ fresh: false });
  } catch (error) {
    if (!(error instanceof OrreryError) || error.code !== "CLIENT_TOKEN") throw error;
    forgetKey();
    throw new Error(
      "The key in the address is not this Orrery's, or was changed since. Open the address that `npm start` printed last; without a key you come in as a guest.",
    );
  }
}

async function noSuchWorld(url: string, token: TokenSource, id: string): Promise<Error> {
  const known = await worldsHere(url, token);
  const others = known.length === 0 ? "None runs here" : `There are: ${known.join(", ")}`;
  return new Error(`No world called "${id}" can be entered here. ${others}.`);
}

async function firstWorld(url: string, token: TokenSource): Promise<string> {
  const [first] = await worldsHere(url, token);
  if (first === undefined) throw new Error("No world runs here yet. Start one with `npm start`.");
  return first;
}

async function worldsHere(url: string, token: TokenSource): Promise<string[]> {
  const response = await fetch(`${url}/${EdgeService.typeName}/ListWorlds`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${await token({ fresh: false })}` },
    body: "{}",
  });
  const { worlds = [] } = (await response.json()) as { worlds?: { worldId: string }[] };
  return worlds.map(({ worldId }) => worldId);
}

/** Asks for the chart once each game hour: the fronts move on it by themselves in between. */
async function followChart(valley: Valley): Promise<void> {
  let asked = Number.NEGATIVE_INFINITY;
  const look = async () => {
    const hour = Math.floor(valley.world.clock.nowGs() / HOUR_GS);
    if (hour !== asked && !document.hidden) {
      asked = hour;
      try {
        valley.chart.set(
          await valley.world
            .rpc(WeatherService)
            .getMap({ worldId: valley.world.id, field: MapField.PRESSURE_HPA }),
        );
      } catch {
        asked = Number.NEGATIVE_INFINITY;
      }
    }
    setTimeout(() => void look(), 1_000);
  };
  await look();
}
