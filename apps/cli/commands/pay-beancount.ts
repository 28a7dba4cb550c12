import { type Transaction, TransactionKind } from "@orrery/schema/payment/v1";
import { wordOf } from "../print.ts";

const ROOTS: ReadonlyMap<string, string> = new Map([
  ["mint", "Equity"],
  ["sink", "Income"],
  ["market", "Equity"],
  ["provider", "Assets"],
  ["sales", "Income"],
]);

/** Letters and digits as Beancount takes them in a name; every other byte by its number, so that no two become one. */
function part(text: string): string {
  let name = "";
  for (const byte of Buffer.from(text)) {
    const letter = String.fromCharCode(byte);
    name += /[A-WYZa-z0-9]/.test(letter) ? letter : `X${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return `A${name}`;
}

/** `player:ada/coin` → `Liabilities:Player:Aada`: what is a player's is owed by the house. */
function accountOf(id: string): string {
  const owner = id.slice(0, id.lastIndexOf("/"));
  const [kind = "", ...rest] = owner.split(":");
  const name = rest.join(":");
  if (kind === "system") return `${ROOTS.get(name) ?? "Equity"}:System:${part(name)}`;
  return `Liabilities:${kind === "player" ? "Player" : "Escrow"}:${part(name)}`;
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const quoted = (text: string) => `"${text.replace(/[\\"\n\r]/g, " ")}"`;

/** A ledger as Beancount reads it, in minor units, with the balance of each account asserted at the end. */
export function beancount(currency: string, transactions: readonly Transaction[]): string {
  const commodity = currency.toUpperCase().replace(/[^A-Z0-9]/g, "-");
  const first = dayOf(Math.min(...transactions.map(({ atMs }) => atMs), Date.UTC(2_100, 0)));
  const balances = new Map<string, number>();
  let last = 0;
  const lines: string[] = [];
  for (const { txId, seq, kind, legs, memo, atMs } of transactions) {
    last = Math.max(last, atMs);
    lines.push("", `${dayOf(atMs)} * ${quoted(wordOf(TransactionKind, kind))} ${quoted(memo)}`);
    lines.push(`  tx: ${quoted(txId)}`, `  seq: ${seq}`);
    for (const { accountId, amount } of legs) {
      const account = accountOf(accountId);
      lines.push(`  ${account}  ${amount} ${commodity}`);
      balances.set(account, (balances.get(account) ?? 0) + amount);
    }
  }
  const opened = [...balances.keys()].map((account) => `${first} open ${account} ${commodity}`);
  // A balance is asserted as the day begins.
  const after = dayOf(last + 86_400_000);
  const asserted = [...balances].map(([account, sum]) => `${after} balance ${account}  ${sum} ${commodity}`);
  return [`option "title" "${commodity}"`, ...opened, ...lines, "", ...asserted, ""].join("\n");
}
