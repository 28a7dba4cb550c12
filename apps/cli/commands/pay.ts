import { Command } from "commander";
import { books } from "./pay-books.ts";
import { sales } from "./pay-sales.ts";

export const pay = new Command("pay").description(
  "Money: balances, statements, the books; checkouts, refunds and what players are entitled to",
);
for (const command of [...books, ...sales]) pay.addCommand(command);
