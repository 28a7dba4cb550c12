import type { Promised } from "./promise.ts";

export const world: readonly Promised[] = [];
