import type {
  GetMarketResponse,
  GetRoutesResponse,
  PriceChanged,
  RouteChanged,
} from "@orrery/schema/world/v1";

/** What the map shows of markets: how dear life is in a region, and which roads are closed. */
export interface Markets {
  /** Of all goods, how their prices lie to what is usual: the geometric mean; undefined: nobody buys there. */
  dearness(regionId: string): number | undefined;
  readonly closed: ReadonlySet<string>;
  /** How things stand, for who comes now: what is told later counts. */
  begin(markets: GetMarketResponse, routes: GetRoutesResponse): void;
  takePrice(changed: PriceChanged): void;
  takeRoad(changed: RouteChanged): void;
}

export function createMarkets(): Markets {
  const ratios = new Map<string, Map<string, number>>();
  const closed = new Set<string>();
  const told = new Set<string>();

  function put(regionId: string, goodId: string, ratio: number): void {
    const goods = ratios.get(regionId) ?? new Map<string, number>();
    ratios.set(regionId, goods.set(goodId, ratio));
  }
  return {
    closed,
    dearness(regionId) {
      const all = [...(ratios.get(regionId)?.values() ?? [])];
      if (all.length === 0) return undefined;
      return Math.exp(all.reduce((sum, ratio) => sum + Math.log(ratio), 0) / all.length);
    },
    begin({ markets }, { routes }) {
      for (const { regionId, goodId, price, base, use } of markets)
        if (use > 0 && !told.has(`${regionId}/${goodId}`)) put(regionId, goodId, price / base);
      for (const { routeId, open } of routes) if (!open && !told.has(routeId)) closed.add(routeId);
    },
    takePrice({ regionId, goodId, marketId, ratio }) {
      told.add(marketId);
      put(regionId, goodId, ratio);
    },
    takeRoad({ routeId, open }) {
      told.add(routeId);
      if (open) closed.delete(routeId);
      else closed.add(routeId);
    },
  };
}
