import { Tier, TierService } from "@orrery/schema/settings/v1";
import { type FormEvent, useState } from "react";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";

const DAY_MS = 86_400_000;
const DAYS_MOST = 90;

/** What a player may use, by what, and another tier for a while. */
export function TierView({ valley, player }: { readonly valley: Valley; readonly player: string }) {
  const act = useAct();
  const [changes, setChanges] = useState(0);
  const tiers = valley.world.rpc(TierService);
  const { answer, problem } = useAsk(
    `tier of ${player}`,
    () => tiers.get({ playerId: player }),
    5_000,
    changes,
  );

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [tier, days] = [Number(form.get("tier")) as Tier, Number(form.get("days"))];
    void act.run(async () => {
      await tiers.setOverride({
        playerId: player,
        tier,
        untilMs: tier === Tier.UNSPECIFIED ? 0 : Date.now() + days * DAY_MS,
        reason: String(form.get("reason") ?? ""),
        idempotencyKey: crypto.randomUUID(),
      });
      setChanges((count) => count + 1);
      return tier === Tier.UNSPECIFIED ? "By what is paid for again." : `${word(Tier, tier)} from now on.`;
    });
  }

  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer?.tier === undefined) return null;
  const { tier, entitlementId, graceUntilMs, override } = answer.tier;
  const { $typeName: _, $unknown: __, ...limits } = answer.limits ?? { $typeName: "", $unknown: undefined };
  return (
    <>
      <h3>Tier</h3>
      <p>
        <b>{word(Tier, tier)}</b>{" "}
        {override !== undefined
          ? `until ${new Date(override.untilMs).toLocaleDateString()}, by ${override.by}: ${override.reason}`
          : entitlementId === ""
            ? "as it comes"
            : `by ${entitlementId}`}
        {graceUntilMs > 0 && `; a payment failed, it stays until ${new Date(graceUntilMs).toLocaleString()}`}.
      </p>
      <p className="soft">
        {Object.entries(limits)
          .map(([name, most]) => `${inWords(name)} ${Number(most).toLocaleString("en")}`)
          .join(", ")}
      </p>
      <form className="acts" aria-label="Another tier for a while" onSubmit={submit}>
        <select className="find" name="tier" aria-label="Tier">
          <option value={Tier.PREMIUM}>premium</option>
          <option value={Tier.PATRON}>patron</option>
          <option value={Tier.FREE}>free</option>
          <option value={Tier.UNSPECIFIED}>no override</option>
        </select>
        <input
          className="find short"
          name="days"
          type="number"
          min={1}
          max={DAYS_MOST}
          defaultValue={30}
          aria-label="Days"
        />
        <input className="find" name="reason" placeholder="Why" aria-label="Reason" required />
        <button type="submit" className="chip" disabled={act.busy}>
          Override
        </button>
        <Outcome act={act} />
      </form>
    </>
  );
}

/** `worldsOwned` → `worlds owned`. */
const inWords = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
