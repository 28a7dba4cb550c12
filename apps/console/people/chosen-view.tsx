import type { ExplainResponse } from "@orrery/schema/npc/v1";
import { Reflex } from "@orrery/schema/world/v1";
import type { Valley } from "../data/valley.ts";
import { capital, dayAndHour } from "../data/words.ts";
import { reasonsOf } from "./reasons.ts";

type Chosen = ExplainResponse["chosen"][number];

function because({ reflex, isSlot, reasons, instead }: Chosen): string {
  if (reflex !== Reflex.UNSPECIFIED)
    return reflex === Reflex.WEATHER ? "At once, for the weather" : "At once, for a danger";
  const day = isSlot ? ["The day has it so"] : [];
  const next = instead === "" ? [] : [`what came next: ${instead}`];
  return capital([...day, reasonsOf(reasons), ...next].join("; "));
}

/** What somebody chose last, the newest first, and what spoke for it. */
export function ChosenView({
  valley,
  chosen,
}: {
  readonly valley: Valley;
  readonly chosen: readonly Chosen[];
}) {
  if (chosen.length === 0) return null;
  return (
    <>
      <h3>What they chose, and why</h3>
      <ol className="weighed" aria-label="What they chose, and why">
        {chosen.map((one) => (
          <li key={`${one.atGs} ${one.activityId}`}>
            <b>{capital(one.says)}</b>, {one.placeId === "" ? "on the way" : valley.nameOf(one.placeId)},{" "}
            {dayAndHour(one.atGs)}
            <span className="soft">{because(one)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
