import { randomUUID } from "node:crypto";
import { type Transaction, TransactionKind, WalletService } from "@orrery/schema/payment/v1";
import { Command } from "commander";
import { type Edge, edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { whole } from "../numbers.ts";
import { printRows, wordOf } from "../print.ts";
import { beancount } from "./pay-beancount.ts";

interface MoneyOptions extends EdgeOptions {
  readonly tokens?: boolean;
}

const PLATFORM = "platform";
const PAGE = 500;
const worldOf = (edge: Edge, { tokens }: MoneyOptions) => (tokens ? PLATFORM : edge.world);

/** A command about coins of a world, or about tokens. */
const moneyCommand = (name: string, description: string) =>
  edgeCommand(name, description).option(
    "--tokens",
    "tokens, which a player has in all worlds, in place of coins",
  );

const balance = moneyCommand("balance", "what a player has")
  .argument("<player>", "`player:ada`")
  .action(async (playerId: string, options: MoneyOptions) => {
    const edge = await openEdge(options);
    const worldId = worldOf(edge, options);
    const { accounts } = await edge.client(WalletService).getBalances({ worldId, playerId });
    printRows(
      accounts.map(({ accountId, balance: amount, held, available }) => ({
        account: accountId,
        balance: amount,
        held,
        available,
      })),
      options.json,
    );
  });

const statement = moneyCommand("statement", "what moved on an account, newest first")
  .argument("<account>", "`player:ada`, or an account: `system:sink/coin`")
  .option("--limit <n>", "at most so many lines", whole(1, PAGE), 50)
  .action(async (account: string, options: MoneyOptions & { limit: number }) => {
    const edge = await openEdge(options);
    const worldId = worldOf(edge, options);
    const whose = account.includes("/") ? { accountId: account } : { playerId: account };
    const request = { worldId, ...whose, pageSize: options.limit };
    const { lines } = await edge.client(WalletService).listTransactions(request);
    printRows(
      lines.map((line) => ({
        at: new Date(line.atMs).toISOString(),
        kind: wordOf(TransactionKind, line.kind),
        amount: line.amount,
        balance: line.balanceAfter,
        memo: line.memo,
        cause: line.cause && `${line.cause.publisher}/${line.cause.sequence}`,
        id: line.txId,
      })),
      options.json,
    );
  });

const supply = moneyCommand("supply", "how much money there is, and where").action(
  async (options: MoneyOptions) => {
    const edge = await openEdge(options);
    const { supplies } = await edge.client(WalletService).getSupply({ worldId: worldOf(edge, options) });
    printRows(
      supplies.map(({ currency, supply: there, players, sink, market, held }) => ({
        currency,
        "there is": there,
        players,
        held,
        spent: sink,
        markets: market,
      })),
      options.json,
    );
  },
);

const adjust = moneyCommand("adjust", "corrects an account from the mint, or back to it")
  .argument("<account>", "`player:ada/coin`")
  .argument("<amount>", "minor units; under 0: back", whole(-Number.MAX_SAFE_INTEGER))
  .requiredOption("--reason <text>", "why; it stays in the books")
  .action(async (accountId: string, amount: number, options: MoneyOptions & { reason: string }) => {
    const edge = await openEdge(options);
    const { transaction } = await edge.client(WalletService).adjust({
      worldId: worldOf(edge, options),
      idempotencyKey: randomUUID(),
      accountId,
      amount,
      reason: options.reason,
    });
    const leg = transaction?.legs.find((own) => own.accountId === accountId);
    console.log(`${accountId} has ${leg?.balanceAfter} now (${transaction?.txId}).`);
  });

const audit = moneyCommand(
  "audit",
  "counts every balance again from what moved; of all worlds unless one is named",
).action(async (options: MoneyOptions) => {
  const edge = await openEdge(options);
  const worldId = options.tokens ? PLATFORM : (options.world ?? "");
  const found = await edge.client(WalletService).audit({ worldId });
  const { accounts, transactions, legs, holds, imbalances } = found;
  if (options.json) console.log(JSON.stringify({ accounts, transactions, legs, holds, imbalances }));
  else {
    for (const { ref, problem } of imbalances) console.log(`${ref}: ${problem}`);
    console.log(
      `${imbalances.length} imbalances in ${accounts} accounts, ${transactions} transactions, ${legs} legs, ${holds} holds.`,
    );
  }
  if (imbalances.length > 0) process.exitCode = EXIT.fail;
});

const exportBooks = new Command("export").description("the books, for programs that read books");
exportBooks.addCommand(
  moneyCommand("beancount", "a ledger as Beancount reads it, on stdout")
    .option("--currency <code>", "default: the first of the world")
    .action(async (options: MoneyOptions & { currency?: string }) => {
      const edge = await openEdge(options);
      const client = edge.client(WalletService);
      const worldId = worldOf(edge, options);
      const { supplies } = await client.getSupply({ worldId });
      const currency = options.currency ?? supplies[0]?.currency ?? "coin";
      const transactions: Transaction[] = [];
      for (let pageToken = ""; ; ) {
        const page = await client.exportLedger({ worldId, currency, pageSize: PAGE, pageToken });
        transactions.push(...page.transactions);
        pageToken = page.nextPageToken;
        if (pageToken === "") break;
      }
      process.stdout.write(beancount(currency, transactions));
    }),
);

export const books: readonly Command[] = [balance, statement, supply, adjust, audit, exportBooks];
