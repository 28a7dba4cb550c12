import type { Runner } from "./runner.ts";

/** A person does it and reports: there is nothing to be told, and nothing that could be forgotten. */
export const manualRunner: Runner = {
  async start() {},
  knows: async () => true,
  async rollBack() {},
  async end() {},
  async endAll() {},
};
