import { WalletService } from "@orrery/schema/payment/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";

const PLATFORM = "platform";
const COLUMNS = [
  ["players", "Players"],
  ["held", "Of it held"],
  ["sink", "Spent"],
  ["market", "In markets"],
] as const;
const SYSTEM = { sink: "sink", market: "market" } as const;

/** How much money there is, and where: coins of this world, and tokens, which are the same in all worlds. */
export function SupplyTable({
  valley,
  onAccount,
}: {
  readonly valley: Valley;
  onAccount(account: string): void;
}) {
  const { answer, problem } = useAsk("supplies", async () => {
    const wallet = valley.world.rpc(WalletService);
    const of = async (worldId: string) =>
      (await wallet.getSupply({ worldId })).supplies.map((supply) => ({ worldId, ...supply }));
    return (await Promise.all([of(valley.world.id), of(PLATFORM)])).flat();
  });
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return <p className="empty">Asking…</p>;
  return (
    <table>
      <thead>
        <tr>
          <th>Currency</th>
          <th>Of</th>
          <th className="number">There is</th>
          {COLUMNS.map(([, name]) => (
            <th key={name} className="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.map((supply) => (
          <tr key={`${supply.worldId} ${supply.currency}`}>
            <th scope="row">{supply.currency}</th>
            <td>{supply.worldId === PLATFORM ? "all worlds" : supply.worldId}</td>
            <td className="number">{supply.supply.toLocaleString("en")}</td>
            {COLUMNS.map(([field]) => (
              <td key={field} className="number">
                {field in SYSTEM ? (
                  <button
                    type="button"
                    className="link"
                    onClick={() => onAccount(`system:${field}/${supply.currency}`)}
                  >
                    {supply[field].toLocaleString("en")}
                  </button>
                ) : (
                  supply[field].toLocaleString("en")
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
