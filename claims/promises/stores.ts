import type { Promised } from "./promise.ts";

export const stores: readonly Promised[] = [];
