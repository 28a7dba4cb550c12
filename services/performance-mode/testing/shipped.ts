import { readShipped } from "../data/part.ts";

/** What comes with the code, read once. */
export const SHIPPED = await readShipped();
