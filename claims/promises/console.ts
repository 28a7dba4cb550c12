import type { Promised } from "./promise.ts";

export const console: readonly Promised[] = [];
