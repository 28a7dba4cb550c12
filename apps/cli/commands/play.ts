import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { connect } from "@orrery/client";
import { WorldService } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { ACTS, type Playing } from "../play/acts.ts";
import { guestIn } from "../play/guest.ts";
import { listen } from "../play/hear.ts";
import { landOf, whereabouts } from "../play/surroundings.ts";

const ARRIVE_MS = 200;
const ARRIVE_TRIES = 50;
const QUICK_MS = 500;
const WAIT_MS = 5_000;

/** A first walk: a guest of the world, in words. Reads lines until `quit` or the end of its input. */
export const play = edgeCommand(
  "play",
  "walks through a world as its guest: look, go, talk, ask, help, threaten, give; open, ring and bar things; wait",
).action(async (options: EdgeOptions) => {
  const { world: id } = await openEdge(options);
  const world = await connect({
    url: options.url,
    world: id,
    guest: guestIn(options.data),
    engine: "terminal",
  });
  const say = (text: string) => console.log(text);
  try {
    const land = await landOf(world);
    if (land === undefined || land.places.length === 0)
      throw new OrreryError(cliErrors.CLI_NO_LAND, { given: id });
    const playing: Playing = { world, land, topics: await topicsOf(world, land), say };
    const begins = await arrival(world);
    const ears = listen(world, playing, begins, say);
    await ACTS["look"]?.(playing, "");
    const lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: process.stdin.isTTY,
    });
    for await (const line of lines) {
      const [verb = "", ...rest] = line.trim().split(/\s+/);
      if (verb === "quit") break;
      if (verb === "wait") await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      else if (verb !== "") await act(playing, verb, rest.join(" "));
    }
    ears.close();
    lines.close();
  } finally {
    world.close();
  }
});

async function act(playing: Playing, verb: string, said: string): Promise<void> {
  const does = Object.hasOwn(ACTS, verb) ? ACTS[verb] : undefined;
  if (does === undefined) return playing.say(`You do not know how to ${verb}. \`?\` says what you may do.`);
  for (;;)
    try {
      return await does(playing, said);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      // Whoever is quick is made to wait a little; any other refusal is a part of the walk, not its end.
      if (!words.includes("ROUTER_RATE_LIMITED")) return playing.say(words);
      await new Promise((resolve) => setTimeout(resolve, QUICK_MS));
    }
}

/** Comes in: at the gate, or where one was last. */
async function arrival(world: Playing["world"]): Promise<{ regionId: string; placeId: string }> {
  await world.rpc(WorldService).travel({ worldId: world.id, idempotencyKey: randomUUID() });
  for (let tries = 0; tries < ARRIVE_TRIES; tries++) {
    const self = await whereabouts(world);
    if (self !== undefined) return self;
    await new Promise((resolve) => setTimeout(resolve, ARRIVE_MS));
  }
  throw new OrreryError(cliErrors.CLI_NO_LAND, { given: world.id });
}

async function topicsOf(
  world: Playing["world"],
  { regions, roads }: Playing["land"],
): Promise<Playing["topics"]> {
  const asked = { worldId: world.id };
  const calls = world.rpc(WorldService);
  const goods = await unless("WORLD_NO_MARKETS", async () => (await calls.getMarket(asked)).goods);
  const factions = await unless("WORLD_NO_FACTIONS", async () => (await calls.getFactions(asked)).factions);
  return [
    ...goods,
    ...factions.map(({ factionId, name }) => ({ id: factionId, name })),
    ...regions,
    ...roads,
  ];
}

/** What there is, or nothing in a world that has none. */
async function unless<T>(without: string, ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await ask();
  } catch (error) {
    if (String(error).includes(without)) return [];
    throw error;
  }
}
