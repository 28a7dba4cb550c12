import { type MarketShown, WorldService } from "@orrery/schema/world/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { capital } from "../data/words.ts";
import { Fact } from "../shell/fact.tsx";
import { PlaceLink } from "../shell/place-link.tsx";
import { days, price, quantity } from "./figures.ts";
import { PriceChart } from "./price-chart.tsx";
import { useMarks } from "./marks.ts";

const DAY_GS = 86_400;
const BACK_DAYS = 14;

/** A good in a region: its price over time, why it is that, and how much there is. */
export function GoodView({
  valley,
  market,
  unit,
  atGs,
}: {
  readonly valley: Valley;
  readonly market: MarketShown;
  readonly unit: string;
  readonly atGs: number;
}) {
  const { regionId, goodId } = market;
  const calls = valley.world.rpc(WorldService);
  const asked = { worldId: valley.world.id, regionId, goodId };
  const key = `${regionId} ${goodId}`;
  const { answer: why, problem } = useAsk(key, () => calls.explain(asked));
  const fromGs = atGs - BACK_DAYS * DAY_GS;
  const past = useAsk(`${key} past`, () => calls.getHistory({ ...asked, fromGs, stepHours: 1 })).answer;
  const marks = useMarks(valley, regionId, goodId, fromGs);
  return (
    <aside
      className="person"
      aria-label={`${capital(valley.nameOf(goodId))} in ${valley.nameOf(regionId)}`}
      tabIndex={0}
    >
      <h2>{capital(valley.nameOf(goodId))}</h2>
      <p className="soft">
        {valley.nameOf(regionId)}, a {unit}
      </p>
      <p>
        <b className="warm">{price(market.price)}</b> pennies, usually {price(market.base)}.
      </p>
      {past !== undefined && <PriceChart prices={past.prices} base={market.base} marks={marks} />}
      <h3>Why</h3>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {why !== undefined && (
        <>
          <p>{why.text}.</p>
          <ol className="weighed">
            {why.terms.map(({ of, text, factor, causePublisher, causeSequence }) => (
              <li key={`${of} ${text}`}>
                {of === "base" || of === "road" ? "" : <b>× {factor.toFixed(2)} </b>}
                {capital(text)}
                {causePublisher !== "" && valley.isAdmin && (
                  <>
                    {" "}
                    <PlaceLink to={{ room: "why", event: `${causePublisher}/${causeSequence}` }}>
                      What came before
                    </PlaceLink>
                  </>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
      <h3>What there is</h3>
      <dl className="facts">
        <Fact name="In store" value={`${quantity(market.stock)}, enough for ${days(market.coverDays)}`} />
        <Fact name="On its way" value={quantity(market.inbound)} />
        <Fact name="Used a day" value={quantity(market.use)} />
        <Fact name="Made in the last hour" value={quantity(market.made)} />
        <Fact
          name="Came and went by road"
          value={`${quantity(market.came)} in, ${quantity(market.went)} out`}
        />
        {market.unmet > 0.005 && (
          <Fact name="Not to be had" value={`${(market.unmet * 100).toFixed(0)} % of what people want`} />
        )}
      </dl>
    </aside>
  );
}
