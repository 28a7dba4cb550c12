import { BillingService, EntitlementState, TransactionKind, WalletService } from "@orrery/schema/payment/v1";
import { useAsk } from "../data/ask.ts";
import { go } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";

const LINES = 10;
const PLATFORM = "platform";

/** What a player has, what moved lately, and what they are entitled to. */
export function MoneyView({ valley, player }: { readonly valley: Valley; readonly player: string }) {
  const wallet = valley.world.rpc(WalletService);
  const { answer, problem } = useAsk(`money of ${player}`, async () => {
    const places = [valley.world.id, PLATFORM];
    const [balances, moved, { entitlements }] = await Promise.all([
      Promise.all(places.map((worldId) => wallet.getBalances({ worldId, playerId: player }))),
      Promise.all(
        places.map((worldId) => wallet.listTransactions({ worldId, playerId: player, pageSize: LINES })),
      ),
      valley.world.rpc(BillingService).getEntitlements({ playerId: player }),
    ]);
    const lines = moved.flatMap((page) => page.lines).sort((one, other) => other.atMs - one.atMs);
    return {
      accounts: balances.flatMap(({ accounts }) => accounts),
      lines: lines.slice(0, LINES),
      entitlements,
    };
  });
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return null;
  return (
    <>
      <h3>Money</h3>
      <ul>
        {answer.accounts.map(({ accountId, balance, held }) => (
          <li key={accountId}>
            <button
              type="button"
              className="link mono"
              onClick={() =>
                go({ room: "ledger", filter: new URLSearchParams({ account: accountId }).toString() })
              }
            >
              {accountId}
            </button>{" "}
            {balance.toLocaleString("en")}
            {held > 0 && `, of which ${held.toLocaleString("en")} are held`}
          </li>
        ))}
        {answer.entitlements.map(({ entitlementId, key, state, untilMs }) => (
          <li key={entitlementId}>
            entitled to <b>{key}</b>: {word(EntitlementState, state)}
            {untilMs > 0 && ` until ${new Date(untilMs).toLocaleString()}`}{" "}
            <span className="faint mono">{entitlementId}</span>
          </li>
        ))}
      </ul>
      {answer.lines.length > 0 && (
        <ul>
          {answer.lines.map(({ txId, atMs, kind, amount, memo }) => (
            <li key={`${txId} ${amount}`}>
              {new Date(atMs).toLocaleString()} {word(TransactionKind, kind)} {amount.toLocaleString("en")}{" "}
              <span className="soft">{memo}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
