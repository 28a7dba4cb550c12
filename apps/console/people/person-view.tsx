import { BlockedBy, NpcService } from "@orrery/schema/npc/v1";
import { Need } from "@orrery/schema/world/v1";
import { useAsk } from "../data/ask.ts";
import type { Someone } from "../data/people.ts";
import type { Valley } from "../data/valley.ts";
import { capital, word } from "../data/words.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { ChosenView } from "./chosen-view.tsx";
import { GoalsView } from "./goals-view.tsx";
import { KnownView } from "./known-view.tsx";
import { reasonsOf } from "./reasons.ts";

const EVERY_MS = 2_000;
/** What comes after these is not what somebody is about to do. */
const WEIGHED = 6;

/** One person: what they need now, what they chose last and why, and what they would weigh at this moment. */
export function PersonView({ valley, someone }: { readonly valley: Valley; readonly someone: Someone }) {
  const { id, name, role, placeId, activity } = someone;
  const { answer, problem } = useAsk(
    id,
    () =>
      valley.isAdmin
        ? valley.world.rpc(NpcService).explain({ worldId: valley.world.id, npcId: id })
        : Promise.resolve(undefined),
    EVERY_MS,
  );
  return (
    <aside className="person" aria-label={name} tabIndex={0}>
      <h2>{name}</h2>
      <p className="soft">
        {[role, answer?.mind && `${answer.mind.ageYears} years`].filter(Boolean).join(", ")}
      </p>
      <p>
        {placeId === ""
          ? "On the way"
          : `${activity === "" ? "At" : `${capital(activity)}, at`} ${valley.nameOf(placeId)}`}
        .
      </p>
      {!valley.isAdmin && <ForAdmins what="What somebody needs and weighs is" />}
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {answer !== undefined && (
        <>
          <h3>Needs</h3>
          <dl className="needs">
            {answer.needs.map(({ need, level }) => (
              <div key={need}>
                <dt>{capital(word(Need, need))}</dt>
                <dd>
                  <meter
                    min={0}
                    max={1}
                    low={0.15}
                    high={0.3}
                    optimum={1}
                    value={level}
                    aria-label={word(Need, need)}
                  />
                  {level.toFixed(2)}
                </dd>
              </div>
            ))}
          </dl>
          {answer.lacks.map(({ goodId, need, critical, why }) => (
            <p key={goodId} className="wary">
              {capital(valley.nameOf(goodId))} is {critical ? "almost gone" : "short"} here
              {why === BlockedBy.NO_ROUTE
                ? ": a road is closed"
                : why === BlockedBy.NO_MONEY
                  ? ": it is too dear"
                  : ""}
              . {capital(word(Need, need))} suffers by it.
            </p>
          ))}
          <GoalsView goals={answer.goals} />
          <ChosenView valley={valley} chosen={answer.chosen} />
          <KnownView valley={valley} npcId={id} />
          <h3>What is weighed now</h3>
          <ol className="weighed">
            {answer.weighed.slice(0, WEIGHED).map((one) => (
              <li key={`${one.activityId} ${one.placeId}`}>
                <b>{capital(one.says)}</b> at {valley.nameOf(one.placeId)}
                {one.isSlot ? ", as the day has it" : ""}: {one.utility.toFixed(2)}
                <span className="soft">{reasonsOf(one.considered)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </aside>
  );
}
