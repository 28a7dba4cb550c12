import type { Promised } from "./promise.ts";

export const brokers: readonly Promised[] = [];
