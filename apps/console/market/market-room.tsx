import { type GetMarketResponse, ShortageLevel, WorldService } from "@orrery/schema/world/v1";
import { useAsk } from "../data/ask.ts";
import { usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { GoodView } from "./good-view.tsx";
import { PriceTable } from "./price-table.tsx";
import { RoadList } from "./road-list.tsx";

/** What a world lives on: what everything costs everywhere, and why. */
export function MarketRoom({ valley }: { readonly valley: Valley }) {
  const { region, good } = usePlace();
  const calls = valley.world.rpc(WorldService);
  const worldId = valley.world.id;
  const { answer, problem } = useAsk("market", () => calls.getMarket({ worldId }));
  const roads = useAsk("roads", () => calls.getRoutes({ worldId })).answer;
  const chosen = answer?.markets.find(({ regionId, goodId }) => regionId === region && goodId === good);

  return (
    <section className="room">
      <header>
        <div>
          <h1>Market</h1>
          <p>{problem === undefined ? inWords(answer) : `No answer: ${problem}`}</p>
        </div>
      </header>
      {answer !== undefined && (
        <div className="people">
          <div className="scroll" tabIndex={0} aria-label="Prices">
            <PriceTable valley={valley} markets={answer} />
            {roads !== undefined && <RoadList valley={valley} roads={roads} />}
          </div>
          {chosen !== undefined && (
            <GoodView
              key={`${region} ${good}`}
              valley={valley}
              market={chosen}
              unit={answer.goods.find(({ id }) => id === good)?.unit ?? ""}
              atGs={answer.atGs}
            />
          )}
        </div>
      )}
    </section>
  );
}

function inWords(answer: GetMarketResponse | undefined): string {
  if (answer === undefined) return "Asking…";
  const short = answer.markets.filter(({ level }) => level !== ShortageLevel.UNSPECIFIED).length;
  const places = answer.purses.filter(({ regionId }) => regionId.startsWith("region:")).length;
  const lacking =
    short === 0 ? "nothing is short" : short === 1 ? "one good is short somewhere" : `${short} are short`;
  return `${answer.goods.length} goods in ${places} regions; ${lacking}. Choose a price to see why.`;
}
