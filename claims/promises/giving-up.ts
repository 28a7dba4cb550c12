import type { Promised } from "./promise.ts";

export const givingUp: readonly Promised[] = [];
