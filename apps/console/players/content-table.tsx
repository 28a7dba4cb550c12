import { Category, ContentLevel, ContentService, RatingBand } from "@orrery/schema/settings/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";

/** What a player is to be spared: of each kind the least of what age, guardian, world and player say. */
export function ContentTable({ valley, player }: { readonly valley: Valley; readonly player: string }) {
  const { answer, problem } = useAsk(`content of ${player}`, () =>
    valley.world.rpc(ContentService).getPolicy({ playerId: player, worldId: valley.world.id }),
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return null;
  const { content, next, now } = answer;
  const level = (value: number) => word(ContentLevel, value);
  return (
    <>
      <h3>Content</h3>
      <p>
        Profile {content?.profile || "standard"}; age{" "}
        {content === undefined || content.ageBand === RatingBand.UNSPECIFIED
          ? "not known, so as of twelve"
          : word(RatingBand, content.ageBand)}
        . {now.length} open sessions have a policy of their own; less reaches them at once, more the next one.
      </p>
      <table>
        <thead>
          <tr>
            <th>Of</th>
            <th>What is shown</th>
            <th>Age</th>
            <th>Guardian</th>
            <th>World</th>
            <th>Player</th>
            <th>Decided by</th>
          </tr>
        </thead>
        <tbody>
          {next.map(({ category, effective, band, guardian, world, wanted, least }) => (
            <tr key={category}>
              <th scope="row">{word(Category, category)}</th>
              <td>
                <b>{level(effective)}</b>
              </td>
              <td>{level(band)}</td>
              <td>{level(guardian)}</td>
              <td>{level(world)}</td>
              <td>{level(wanted)}</td>
              <td className="soft">{least.join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
