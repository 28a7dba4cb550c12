import { Command } from "commander";
import { PriceTrend, RouteWhy, ShortageLevel, WorldService } from "@orrery/schema/world/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { whole } from "../numbers.ts";
import { gameClock, printRows, wordOf } from "../print.ts";

const DAY_GS = 86_400;
const rounded = (value: number) => Number(value.toFixed(2));
const regionId = (given: string | undefined) =>
  given === undefined || given.includes(":") ? (given ?? "") : `region:${given}`;
const goodId = (given: string | undefined) =>
  given === undefined || given.includes(":") ? (given ?? "") : `good:${given}`;

const ls = edgeCommand("ls", "what goods cost, and for how many days there is enough")
  .option("--region <id>", "only in this region, like market-vale")
  .option("--good <id>", "only this good, like grain")
  .option("--short", "only where people lack something")
  .action(async (options: EdgeOptions & { region?: string; good?: string; short?: boolean }) => {
    const { world, client } = await openEdge(options);
    const asked = { worldId: world, regionId: regionId(options.region), goodId: goodId(options.good) };
    const { markets } = await client(WorldService).getMarket(asked);
    printRows(
      markets
        .filter(({ level }) => options.short !== true || level !== ShortageLevel.UNSPECIFIED)
        .map(({ regionId: region, goodId: good, price, base, trend, coverDays, stock, inbound, level }) => ({
          region,
          good,
          price: rounded(price),
          usual: base,
          trend: wordOf(PriceTrend, trend),
          "days left": rounded(coverDays),
          stock: rounded(stock),
          coming: rounded(inbound),
          short: level === ShortageLevel.UNSPECIFIED ? "" : wordOf(ShortageLevel, level),
        })),
      options.json,
    );
  });

const why = edgeCommand("why", "why a good costs what it does in a region")
  .argument("<region>", "like market-vale")
  .argument("<good>", "like grain")
  .action(async (region: string, good: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const asked = { worldId: world, regionId: regionId(region), goodId: goodId(good) };
    const { text, terms, atGs } = await client(WorldService).explain(asked);
    if (!options.json) console.error(`${text}, ${gameClock(atGs)}.`);
    printRows(
      terms.map(({ of, text: words, factor, causePublisher, causeSequence }) => ({
        of,
        factor: rounded(factor),
        because: words,
        event: causePublisher === "" ? "" : `${causePublisher}/${causeSequence}`,
      })),
      options.json,
    );
  });

const history = edgeCommand("history", "what a good cost in a region over the last days")
  .argument("<region>", "like market-vale")
  .argument("<good>", "like grain")
  .option("--days <count>", "game days back, 1..720", whole(1, 720), 7)
  .option("--step <hours>", "hours from one price to the next, 1..720", whole(1, 720), 6)
  .action(async (region: string, good: string, options: EdgeOptions & { days: number; step: number }) => {
    const { world, client } = await openEdge(options);
    const asked = { worldId: world, regionId: regionId(region), goodId: goodId(good) };
    const { atGs } = await client(WorldService).getMarket(asked);
    const { prices } = await client(WorldService).getHistory({
      ...asked,
      fromGs: atGs - options.days * DAY_GS,
      stepHours: options.step,
    });
    printRows(
      prices.map((one) => ({
        at: gameClock(one.atGs),
        price: rounded(one.price),
        stock: rounded(one.stock),
        "days left": rounded(one.coverDays),
      })),
      options.json,
    );
  });

const roads = edgeCommand("roads", "roads between markets: which are open, and what is on its way")
  .option("--closed", "only those that are closed")
  .action(async (options: EdgeOptions & { closed?: boolean }) => {
    const { world, client } = await openEdge(options);
    const { routes, shipments } = await client(WorldService).getRoutes({ worldId: world });
    printRows(
      routes
        .filter(({ open }) => options.closed !== true || !open)
        .map(({ routeId, name, fromId, toId, km, open, why: closedBy, sinceGs }) => ({
          road: name,
          from: fromId,
          to: toId,
          km: rounded(km),
          open: open ? "yes" : `no (${wordOf(RouteWhy, closedBy)})`,
          since: gameClock(sinceGs),
          loads: shipments.filter((load) => load.routeId === routeId).length,
        })),
      options.json,
    );
  });

export const market = new Command("market").description("What a world lives on: goods, prices and roads.");
for (const command of [ls, why, history, roads]) market.addCommand(command);
