import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BudgetTree, Mode } from "@orrery/schema/performance/v1";
import type { Part } from "@orrery/service";
import { parse } from "yaml";
import { treesFrom } from "../budgets/tree.ts";
import { type Matrix, matrixFrom } from "../matrix/matrix.ts";

/** What comes with the code. */
export interface Shipped {
  readonly matrix: Matrix;
  /** Until an operator sets another. */
  readonly trees: ReadonlyMap<Mode, BudgetTree>;
}

/**
 * Reads matrix and budgets, each mistake with its place.
 * @param folder other files of the same names in place of those that are shipped
 * @throws PERF_MATRIX_INCOMPLETE, PERF_BUDGET_SUM
 */
export async function readShipped(folder: string = import.meta.dirname): Promise<Shipped> {
  const read = async (name: string) => parse(await readFile(join(folder, name), "utf8")) as unknown;
  return {
    matrix: matrixFrom(await read("matrix.yaml"), "matrix.yaml"),
    trees: treesFrom(await read("budgets.yaml"), "budgets.yaml"),
  };
}

export const shipped: Part<Shipped> = {
  name: "shipped",
  publishes: [],
  subscribes: [],
  start: async () => ({ handle: await readShipped(), async stop() {} }),
};
