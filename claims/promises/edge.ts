import type { Promised } from "./promise.ts";

export const edge: readonly Promised[] = [];
