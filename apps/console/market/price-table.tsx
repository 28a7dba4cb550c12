import { type GetMarketResponse, type MarketShown, PriceTrend, ShortageLevel } from "@orrery/schema/world/v1";
import { go, usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { capital } from "../data/words.ts";
import { dearness, price, trendSign } from "./figures.ts";

/** Every good in every region: what it costs, how that lies to what is usual, and where it is short. */
export function PriceTable({
  valley,
  markets: { goods, markets, purses },
}: {
  readonly valley: Valley;
  readonly markets: GetMarketResponse;
}) {
  const { region, good } = usePlace();
  const at = new Map(markets.map((market) => [`${market.regionId} ${market.goodId}`, market]));
  return (
    <table className="prices">
      <thead>
        <tr>
          <th>Region</th>
          {goods.map(({ id, name }) => (
            <th key={id}>{capital(name)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {purses.map(({ regionId, name }) => (
          <tr key={regionId}>
            <th scope="row">{name}</th>
            {goods.map(({ id }) => {
              const market = at.get(`${regionId} ${id}`);
              if (market === undefined || isNoMarket(market)) return <td key={id} />;
              const isChosen = regionId === region && id === good;
              return (
                <td key={id} data-dear={dearness(market)} aria-current={isChosen ? "true" : undefined}>
                  <button
                    type="button"
                    className="link"
                    title={titleOf(valley, market)}
                    onClick={() => go({ region: regionId, good: id }, true)}
                  >
                    {price(market.price)}
                    {trendSign(market.trend)}
                    {market.level !== ShortageLevel.UNSPECIFIED && <span className="short"> short</span>}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Nobody wants it there, and none is there. */
const isNoMarket = ({ use, stock, inbound }: MarketShown) => use === 0 && stock + inbound < 0.01;

function titleOf(valley: Valley, { regionId, goodId, price: now, base, trend }: MarketShown): string {
  const way = trend === PriceTrend.RISING ? ", rising" : trend === PriceTrend.FALLING ? ", falling" : "";
  return `${capital(valley.nameOf(goodId))} in ${valley.nameOf(regionId)}: ${price(now)}${way}; usually ${price(base)}`;
}
