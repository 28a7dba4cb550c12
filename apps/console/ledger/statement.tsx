import { TransactionKind, WalletService } from "@orrery/schema/payment/v1";
import type { FormEvent } from "react";
import { useAsk } from "../data/ask.ts";
import { go } from "../data/link.ts";
import { MoreRows, usePageSize } from "../data/pages.tsx";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";

const PAGE = 50;
const MOST = 500;
const PLATFORM = "platform";

/** What moved on an account, newest first. */
export function Statement({
  valley,
  account,
  onAccount,
}: {
  readonly valley: Valley;
  readonly account: string;
  onAccount(account: string): void;
}) {
  const [size, more] = usePageSize(PAGE, MOST);
  const wallet = valley.world.rpc(WalletService);
  const { answer, problem } = useAsk(`${account} ${size}`, async () => {
    if (account === "") return undefined;
    const currency = account.slice(account.lastIndexOf("/") + 1);
    const { supplies } = await wallet.getSupply({ worldId: valley.world.id });
    // Coins are of this world; all others are of none.
    const worldId = supplies.some((supply) => supply.currency === currency) ? valley.world.id : PLATFORM;
    return wallet.listTransactions({ worldId, accountId: account, pageSize: size });
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    onAccount(String(new FormData(event.currentTarget).get("account") ?? "").trim());
  }
  return (
    <>
      <h2>Statement</h2>
      <form className="acts" onSubmit={submit}>
        <input
          className="find"
          name="account"
          defaultValue={account}
          placeholder="player:ada/coin"
          aria-label="Account"
          required
        />
        <button type="submit" className="chip">
          Look
        </button>
      </form>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {answer?.lines.length === 0 && <p className="empty">Nothing moved on {account} yet.</p>}
      {answer !== undefined && answer.lines.length > 0 && (
        <table aria-label={`Statement of ${account}`}>
          <thead>
            <tr>
              <th className="number">No.</th>
              <th>When</th>
              <th>What</th>
              <th className="number">Amount</th>
              <th className="number">Balance</th>
              <th>Memo</th>
              <th>Why</th>
            </tr>
          </thead>
          <tbody>
            {answer.lines.map((line) => (
              <tr key={`${line.txId} ${line.amount}`}>
                <td className="number">{line.seq}</td>
                <td>{new Date(line.atMs).toLocaleString()}</td>
                <td>
                  {word(TransactionKind, line.kind)}
                  {line.reversesTxId !== "" && <span className="faint"> of {line.reversesTxId}</span>}
                </td>
                <td className="number">{line.amount.toLocaleString("en")}</td>
                <td className="number">{line.balanceAfter.toLocaleString("en")}</td>
                <td>{line.memo}</td>
                <td>
                  {line.cause !== undefined && line.cause.publisher !== "" && (
                    <button
                      type="button"
                      className="chip"
                      onClick={() =>
                        go({
                          room: "why",
                          event: `${line.cause?.publisher}/${line.cause?.sequence}`,
                          filter: "",
                        })
                      }
                    >
                      Why
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreRows
        shown={answer?.lines.length ?? 0}
        goesOn={(answer?.nextPageToken ?? "") !== ""}
        isMost={size === MOST}
        onMore={more}
      />
    </>
  );
}
