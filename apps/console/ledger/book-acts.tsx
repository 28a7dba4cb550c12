import { BillingService, type DriftInit, WalletService } from "@orrery/schema/payment/v1";
import { useState } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";

/** Counts the books again, and holds them against the payment provider; what differs there is mended only when asked. */
export function BookActs({ valley }: { readonly valley: Valley }) {
  const act = useAct();
  const [wrong, setWrong] = useState<readonly DriftInit[]>([]);
  const [mayMend, setMayMend] = useState(false);
  const many = (count: number, one: string) =>
    `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

  const count = () =>
    act.run(async () => {
      const found = await valley.world.rpc(WalletService).audit({ worldId: "" });
      setMayMend(false);
      setWrong(
        found.imbalances.map(({ ref, problem }) => ({
          kind: "account",
          ref,
          ours: problem,
          theirs: "its legs",
        })),
      );
      return `${many(found.imbalances.length, "imbalance")} in ${many(found.accounts, "account")}, ${many(found.transactions, "transaction")}, ${many(found.legs, "leg")}.`;
    });
  const compare = (apply: boolean) =>
    act.run(async () => {
      const found = await valley.world
        .rpc(BillingService)
        .reconcile({ apply, all: true, idempotencyKey: crypto.randomUUID() });
      setWrong(apply ? [] : found.drifts);
      setMayMend(!apply && found.driftCount > 0);
      const looked = `${many(found.lookedAt, "object")} of the provider looked at`;
      return apply
        ? `${looked}, ${many(found.repaired, "thing")} mended.`
        : `${looked}, ${many(found.driftCount, "difference")}.`;
    });

  return (
    <>
      <div className="acts">
        <button type="button" className="chip" disabled={act.busy} onClick={() => void count()}>
          Count the books again
        </button>
        <button type="button" className="chip" disabled={act.busy} onClick={() => void compare(false)}>
          Compare with the provider
        </button>
        {/* Nothing is mended that was not looked at first. */}
        <button
          type="button"
          className="chip"
          disabled={act.busy || !mayMend}
          onClick={() => void compare(true)}
        >
          Mend what differs
        </button>
        <Outcome act={act} />
      </div>
      {wrong.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>What</th>
              <th>Which</th>
              <th>Here</th>
              <th>Should be</th>
            </tr>
          </thead>
          <tbody>
            {wrong.map(({ kind, ref, ours, theirs }) => (
              <tr key={`${kind} ${ref} ${ours}`}>
                <td>{kind}</td>
                <td className="mono">{ref}</td>
                <td className="mono">{ours}</td>
                <td className="mono">{theirs}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
