import type { ControlShown } from "@orrery/schema/world/v1";
import { WorldService } from "@orrery/schema/world/v1";
import { useAsk } from "../data/ask.ts";
import { go, usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { capital, dayAndHour } from "../data/words.ts";

/** Whose each region is, and by how much. */
export function LandList({
  valley,
  lands,
}: {
  readonly valley: Valley;
  readonly lands: readonly ControlShown[];
}) {
  const { region, faction } = usePlace();
  const sorted = lands.toSorted((one, other) =>
    valley.nameOf(one.regionId) < valley.nameOf(other.regionId) ? -1 : 1,
  );
  return (
    <>
      <h2>Land</h2>
      <table>
        <thead>
          <tr>
            <th>Region</th>
            <th>Whose</th>
            <th>Shares</th>
            <th>Since</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ regionId, holderId, shares, contested, sinceGs }) => (
            <tr key={regionId} aria-selected={regionId === region}>
              <th scope="row">
                <button type="button" className="link" onClick={() => go({ region: regionId }, true)}>
                  {valley.nameOf(regionId)}
                </button>
              </th>
              <td>
                {holderId === "" ? "nobody's" : valley.nameOf(holderId)}
                {contested && <span className="short"> contested</span>}
              </td>
              <td>
                <Shares valley={valley} shares={shares} />
              </td>
              <td>{dayAndHour(sinceGs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {region !== undefined && faction !== undefined && (
        <ShareWhy key={`${region} ${faction}`} valley={valley} regionId={region} factionId={faction} />
      )}
    </>
  );
}

const BAR = 160;

function Shares({ valley, shares }: { readonly valley: Valley; readonly shares: ControlShown["shares"] }) {
  const words = shares
    .slice(0, 3)
    .map(({ factionId, share }) => `${nameOf(valley, factionId)} ${Math.round(100 * share)} %`)
    .join(", ");
  let x = 0;
  return (
    <svg viewBox={`0 0 ${BAR} 12`} width={BAR} height="12" role="img" aria-label={words}>
      <title>{words}</title>
      {shares.map(({ factionId, share }) => {
        const left = x;
        x += share * BAR;
        const colour = factionId === "" ? "#3a362c" : valley.powers.colourOf(factionId);
        return <rect key={factionId} x={left} y="0" width={share * BAR} height="12" fill={colour} />;
      })}
    </svg>
  );
}

const nameOf = (valley: Valley, factionId: string) =>
  factionId === "" ? "the free folk" : valley.nameOf(factionId);

/** Why a share of a region is what it is. */
function ShareWhy({
  valley,
  regionId,
  factionId,
}: {
  readonly valley: Valley;
  readonly regionId: string;
  readonly factionId: string;
}) {
  const asked = { worldId: valley.world.id, regionId, factionId };
  const { answer, problem } = useAsk(`${regionId} ${factionId}`, () =>
    valley.world.rpc(WorldService).explain(asked),
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return <p className="soft">Asking…</p>;
  return (
    <section aria-label="Why">
      <h3>{answer.text}</h3>
      <ul>
        {answer.terms.map(({ of, text, factor }) => (
          <li key={of}>
            <b>
              {factor > 0 ? "+" : "−"} {Math.abs(factor).toFixed(2)}
            </b>{" "}
            {capital(text)}
          </li>
        ))}
      </ul>
    </section>
  );
}
