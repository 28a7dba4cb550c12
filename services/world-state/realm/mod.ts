export { realm } from "./aggregate.ts";
export { booksToRead } from "./books.ts";
export { moneyIn } from "./money.ts";
export type { Standing } from "./standing.ts";
