import type { Promised } from "./promise.ts";

export const client: readonly Promised[] = [];
