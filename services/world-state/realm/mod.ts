export { realm } from "./aggregate.ts";
export { booksToRead } from "./books.ts";
export type { Standing } from "./standing.ts";
