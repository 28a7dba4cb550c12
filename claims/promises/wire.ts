import type { Promised } from "./promise.ts";

export const wire: readonly Promised[] = [];
