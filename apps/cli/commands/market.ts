import { Command } from "commander";
import {
  type GoodOutlook,
  PriceTrend,
  RouteWhy,
  ShortageLevel,
  TradeSide,
  WorldService,
} from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { decimal, whole } from "../numbers.ts";
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

const quote = edgeCommand("quote", "what buying or selling so much would come to now")
  .argument("<region>", "like market-vale")
  .argument("<good>", "like grain")
  .argument("<quantity>", "how much", decimal(0, 1_000_000))
  .option("--sell", "of selling; default of buying")
  .action(
    async (region: string, good: string, quantity: number, options: EdgeOptions & { sell?: boolean }) => {
      const { world, client } = await openEdge(options);
      const side = options.sell ? TradeSide.SELL : TradeSide.BUY;
      const asked = { worldId: world, regionId: regionId(region), goodId: goodId(good), side, quantity };
      const { total, validUntilGs } = await client(WorldService).quote(asked);
      printRows(
        [{ total, "a piece": rounded(total / quantity), until: gameClock(validUntilGs) }],
        options.json,
      );
    },
  );

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
          loads: shipments.filter((load) => load.routeIds.includes(routeId)).length,
        })),
      options.json,
    );
  });

const shown = ({ p5, p50, p95, unmet, shortages }: GoodOutlook) =>
  `${p5.toFixed(2)} ${p50.toFixed(2)} ${p95.toFixed(2)}  ${(unmet * 100).toFixed(1)} %  ${shortages}`;

/** `good:grain=0.5` */
function scaled(text: string, all: { id: string; factor: number }[] = []): { id: string; factor: number }[] {
  const [id = "", factor = ""] = text.split("=");
  if (id === "" || factor === "" || !Number.isFinite(Number(factor)))
    throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, {
      given: `${text}: wants an id and a factor, like good:grain=0.5`,
    });
  return [...all, { id, factor: Number(factor) }];
}
type Scaled = ReturnType<typeof scaled>;

const whatIf = edgeCommand(
  "what-if",
  "what the markets would come to if something were otherwise; changes nothing",
)
  .option("--days <count>", "game days, 1..3600", whole(1, 3_600), 30)
  .option(
    "--close <road...>",
    "roads that nobody passes, like place:road-low or a stretch of it, place:road-low/2",
  )
  .option("--base <good=factor>", "a good's price at rest, times so much; may be given again", scaled)
  .option("--made <good=factor>", "what is made of a good, times so much; may be given again", scaled)
  .option("--people <region=factor>", "a region's crowd, times so much; may be given again", scaled)
  .action(
    async (
      options: EdgeOptions & {
        days: number;
        close?: string[];
        base?: Scaled;
        made?: Scaled;
        people?: Scaled;
      },
    ) => {
      const { world, client } = await openEdge(options);
      const changes = [
        ...(options.close ?? []).map((value) => ({ change: { case: "closedRoad", value } }) as const),
        ...(["base", "made", "people"] as const).flatMap((kind) =>
          (options[kind] ?? []).map((value) => ({ change: { case: kind, value } }) as const),
        ),
      ];
      const asked = { worldId: world, days: options.days, changes };
      const { asItIs, changed } = await client(WorldService).simulate(asked);
      if (options.json) {
        printRows(
          asItIs.map((one, at) => ({ good: one.goodId, asItIs: one, changed: changed[at] })),
          true,
        );
        return;
      }
      console.error("Prices over the usual (5th, 50th, 95th of a hundred), what people missed, shortages.");
      printRows(
        asItIs.map((one, at) => ({
          good: one.goodId,
          "as it is": shown(one),
          changed: changed[at] === undefined ? "" : shown(changed[at]),
        })),
        false,
      );
    },
  );

export const market = new Command("market").description("What a world lives on: goods, prices and roads.");
for (const command of [ls, why, history, quote, roads, whatIf]) market.addCommand(command);
