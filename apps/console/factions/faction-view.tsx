import type { ActionReason, FactionShown } from "@orrery/schema/world/v1";
import { ActionOutcome } from "@orrery/schema/world/v1";
import { go } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { capital, dayAndHour } from "../data/words.ts";
import { Fact } from "../shell/fact.tsx";
import { PlaceLink } from "../shell/place-link.tsx";
import { deedInWords, reasonInWords, relationInWords } from "./words.ts";

const PLANS = 5;

/** One faction: what it has, what it did last and why, what it has in mind, and what it thinks of the others. */
export function FactionView({
  valley,
  faction,
}: {
  readonly valley: Valley;
  readonly faction: FactionShown;
}) {
  const { name, about, seatRegionId, regionIds, relations, last, plans, members, treasury } = faction;
  return (
    <aside className="person" aria-label={capital(name)} tabIndex={0}>
      <h2>{capital(name)}</h2>
      <p className="soft">{about}</p>
      <dl className="facts">
        <Fact name="Seat" value={valley.nameOf(seatRegionId)} />
        <Fact name="Lands" value={regionIds.map(valley.nameOf).join(", ")} />
        <Fact name="Its people with names" value={String(members)} />
        <Fact name="Treasury" value={`${treasury.toLocaleString("en")} pennies`} />
        <Fact name="Strength" value={level(faction.strength)} />
        <Fact name="Weariness of war" value={level(faction.weariness)} />
      </dl>
      <h3>What it did last</h3>
      {last === undefined && <p className="soft">Nothing yet: factions act at midnight.</p>}
      {last !== undefined && (
        <>
          <p>
            It chose to {deedInWords(last, valley.nameOf)}
            {last.outcome === ActionOutcome.FAILED ? ", in vain" : ""}.{" "}
            <span className="soft">{dayAndHour(last.atGs)}</span>
          </p>
          <Reasons reasons={last.reasons} />
        </>
      )}
      {valley.isAdmin && (
        <>
          <h3>What it has in mind</h3>
          {plans.length === 0 && <p className="soft">Nothing that it could do.</p>}
          <ol className="weighed">
            {plans.slice(0, PLANS).map((plan) => (
              <li key={`${plan.action} ${plan.targetId} ${plan.regionId}`}>
                <b>{plan.utility.toFixed(2)}</b> To {deedInWords(plan, valley.nameOf)}
                <span className="soft">
                  {plan.keptBy === "" ? "Nothing keeps it from that." : `But ${plan.keptBy}.`}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
      <h3>What it thinks of the others</h3>
      <ol className="weighed">
        {relations.map(({ otherId, value, stance, treaty, grudge }) => (
          <li key={otherId}>
            <button type="button" className="link" onClick={() => go({ faction: otherId }, true)}>
              {capital(valley.nameOf(otherId))}
            </button>{" "}
            {relationInWords(stance, treaty)}, {value.toFixed(2)}
            {grudge > 0.05 && (
              <span className="soft">It holds something against them ({grudge.toFixed(2)}).</span>
            )}
          </li>
        ))}
      </ol>
      <PlaceLink to={{ room: "stream", filter: faction.factionId }}>What happened to it</PlaceLink>
    </aside>
  );
}

const level = (share: number) => `${Math.round(100 * share)} of 100`;

function Reasons({ reasons }: { readonly reasons: readonly ActionReason[] }) {
  return (
    <ul>
      {reasons.map(({ input, value }) => (
        <li key={input}>
          {capital(reasonInWords(input))} <span className="soft">{value.toFixed(2)}</span>
        </li>
      ))}
    </ul>
  );
}
