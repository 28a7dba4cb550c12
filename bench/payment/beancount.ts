// A ledger as Beancount's own checker reads it, and with a leg that was changed. Ends with 3 where there is no bean-check.
//   node bench/payment/beancount.ts [--json]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { beancount } from "@orrery/cli/commands/pay-beancount.ts";
import type { Transaction } from "@orrery/schema/payment/v1";
import { openScene } from "./scene.ts";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const checker = process.env["BEAN_CHECK"] ?? "bean-check";
if (spawnSync(checker, ["--version"]).error !== undefined) {
  console.error("no bean-check here: `pip install beancount`, or BEAN_CHECK names it");
  process.exit(3);
}
const PLAYERS = ["ada", "X", "x", "Ægir ☃", "__proto__", "a:b", "constructor"];
const folder = mkdtempSync(join(process.cwd(), ".bench-payment-"));
const { host, clients } = await openScene(folder);
const uniform = seededNumbers(3);

for (let number = 0; number < 400; number++) {
  const who = `player:${PLAYERS[Math.floor(uniform() * PLAYERS.length)]}/coin`;
  const amount = 1 + Math.floor(uniform() * 5_000);
  const spends = uniform() < 0.4;
  const legs = [
    { accountId: spends ? who : "system:mint/coin", amount: -amount },
    { accountId: spends ? "system:sink/coin" : who, amount },
  ];
  const memo = `"a note" \\ of ${number}`;
  const request = {
    worldId: "w",
    idempotencyKey: `bean-${number}`.padEnd(12, "-"),
    currency: "coin",
    legs,
    memo,
  };
  // Who has too little is refused, and nothing is in the books.
  await clients.wallet.transfer(request).catch(() => {});
}
const transactions: Transaction[] = [];
for (let pageToken = ""; ; ) {
  const page = await clients.operator.exportLedger({
    worldId: "w",
    currency: "coin",
    pageSize: 100,
    pageToken,
  });
  transactions.push(...page.transactions);
  pageToken = page.nextPageToken;
  if (pageToken === "") break;
}
const file = join(folder, "coin.beancount");
const accepts = (text: string) => {
  writeFileSync(file, text);
  return spawnSync(checker, [file], { encoding: "utf8" }).status === 0;
};
const book = beancount("coin", transactions);
const [, leg = ""] = /\n( {2}\S+ {2}-?\d+ COIN)\n/.exec(book) ?? [];
const report = {
  transactions: transactions.length,
  accepted: accepts(book),
  refusedWhenChanged: !accepts(
    book.replace(
      leg,
      leg.replace(/(\d)( COIN)$/, (_, digit, rest) => `${(Number(digit) + 1) % 10}${rest}`),
    ),
  ),
};
await host.stop();
rmSync(folder, { recursive: true, force: true });
console.log(values.json ? JSON.stringify(report) : report);
process.exit(report.accepted && report.refusedWhenChanged && leg !== "" ? 0 : 1);
