import { EngineService, SuiteOutcome, type Upgrade, UpgradeState } from "@orrery/schema/engine/v1";
import { type FormEvent } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";
import { key } from "./words.ts";

/** What may be done with an upgrade where it stands. */
export function UpgradeActs({
  valley,
  upgrade,
  onChange,
}: {
  readonly valley: Valley;
  readonly upgrade: Upgrade;
  onChange(): void;
}) {
  const act = useAct();
  const engines = valley.world.rpc(EngineService);
  const { upgradeId, moves, state, rollingBack, runner } = upgrade;
  const does = (what: () => Promise<string>) => async () => {
    await act.run(what);
    onChange();
  };
  const saidBy = rollingBack === "" ? state : UpgradeState.ROLLED_BACK;
  const canReport = moves.includes("report") && (runner === "manual" || state === UpgradeState.CANARY);
  const report = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const pressed = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement | null;
    const ok = pressed?.value !== "failed";
    const sha256 = String(form.get("sha256") ?? "").trim();
    const suites = upgrade.suites.map((name) => ({
      name,
      outcome: form.has(`suite ${name}`) ? SuiteOutcome.PASSED : SuiteOutcome.SKIPPED,
    }));
    void does(async () => {
      const artefacts = sha256 === "" ? [] : [{ name: "server", sha256 }];
      const said = {
        upgradeId,
        ok,
        reason: String(form.get("reason") ?? "").trim(),
        state: saidBy,
        artefacts,
      };
      const answer = await engines.reportStep({ ...said, suites, ...key() });
      return `It is ${word(UpgradeState, answer.upgrade?.state)}.`;
    })();
  };
  const button = (name: string, move: string, what: () => Promise<string>) =>
    moves.includes(move) && (
      <button type="button" className="chip" disabled={act.busy} onClick={() => void does(what)()}>
        {name}
      </button>
    );
  const reason = "by hand, in the console";
  return (
    <>
      <div className="acts" role="group" aria-label="Upgrade">
        {button("Approve", "approve", async () => {
          const { upgrade: after } = await engines.approve({ upgradeId, ...key() });
          return `It is ${word(UpgradeState, after?.state)}.`;
        })}
        {button("Reject", "reject", async () => {
          await engines.reject({ upgradeId, reason, ...key() });
          return "It is rejected.";
        })}
        {button("Call off", "cancel", async () => {
          await engines.cancel({ upgradeId, reason, ...key() });
          return state === UpgradeState.CANARY
            ? "The old version is brought back first."
            : "It is called off.";
        })}
        {button("Try again", "retry", async () => {
          await engines.retry({ upgradeId, ...key() });
          return "It is tried again, with the same approvals.";
        })}
        <Outcome act={act} />
      </div>
      {canReport && (
        <form className="acts" aria-label={`Report ${word(UpgradeState, saidBy)}`} onSubmit={report}>
          {saidBy === UpgradeState.BUILDING && (
            <input
              className="find"
              name="sha256"
              aria-label="SHA-256 of what was built"
              placeholder="SHA-256 of what was built"
              pattern="[0-9a-f]{64}"
            />
          )}
          {saidBy === UpgradeState.TESTING &&
            upgrade.suites.map((name) => (
              <label key={name}>
                <input type="checkbox" name={`suite ${name}`} /> {name} passed
              </label>
            ))}
          <input
            className="find"
            name="reason"
            aria-label="Why"
            placeholder="Why"
            required={saidBy === UpgradeState.CANARY}
          />
          <button type="submit" className="chip" value="ok" disabled={act.busy}>
            {saidBy === UpgradeState.ROLLED_BACK ? "The old version serves" : "It went well"}
          </button>
          {saidBy !== UpgradeState.ROLLED_BACK && (
            <button type="submit" className="chip" value="failed" disabled={act.busy}>
              It failed
            </button>
          )}
        </form>
      )}
    </>
  );
}
