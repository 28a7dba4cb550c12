import { imbalanceOf } from "@orrery/economy";
import type { Part } from "@orrery/service";
import { ShortageLevel } from "@orrery/schema/world/v1";
import { realm } from "./aggregate.ts";
import { booksToRead } from "./books.ts";

/** Rounding; more is a defect. */
const BALANCED = 1e-6;

/** What operators see of the markets: shortages, loads on their way, closed roads, and whether the books are right. */
export const figures: Part<void> = {
  name: "market-figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const world = ["world"] as const;
    const short = kit.metrics.gauge("orrery_shortages", "Goods that are short in a region", world);
    const loads = kit.metrics.gauge("orrery_shipments", "Loads on their way", world);
    const closed = kit.metrics.gauge("orrery_routes_closed", "Roads between markets that are closed", world);
    const imbalance = kit.metrics.gauge(
      "orrery_goods_imbalance",
      "Largest share of a good that the books cannot account for; anything but 0 is a defect",
      world,
    );
    const worlds = kit.part(realm);
    const shown = new Map<string, number>();
    const wrong = new Map<string, string>();
    kit.health.add({
      name: "books",
      kind: "notice",
      ask: () => [...wrong.values()][0],
    });
    const stopWatching = worlds.onChange((name) => {
      const state = worlds.state(name);
      const { valley } = worlds.derived(name);
      if (valley === undefined || shown.get(name) === state.root.hourGs) return;
      shown.set(name, state.root.hourGs);
      const books = booksToRead(state, valley);
      const isShort = ({ level }: { readonly level: ShortageLevel }) => level !== ShortageLevel.UNSPECIFIED;
      short(books.markets.filter(isShort).length, { world: name });
      loads(state.shipments.size, { world: name });
      closed(books.routes.filter(({ open }) => !open).length, { world: name });
      const off = valley.goods.map((_, good) => Math.abs(imbalanceOf(valley, books, good)));
      const worst = off.indexOf(Math.max(...off));
      imbalance(off[worst] ?? 0, { world: name });
      if ((off[worst] ?? 0) > BALANCED)
        wrong.set(
          name,
          `${name}: ${valley.goods[worst]?.name} does not add up: ${off[worst]} of it is unaccounted for`,
        );
      else wrong.delete(name);
    });
    const stopWaiting = worlds.onEnd((name) => {
      shown.delete(name);
      wrong.delete(name);
      for (const gauge of [short, loads, closed, imbalance]) gauge(0, { world: name });
    });
    return {
      handle: undefined,
      async stop() {
        stopWatching();
        stopWaiting();
      },
    };
  },
};
