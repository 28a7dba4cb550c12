import { handlingMutants } from "./handling.ts";
import type { Mutant } from "./mutant.ts";
import { publishingMutants } from "./publishing.ts";
import { retryingMutants } from "./retrying.ts";

export { type Mutant, PAGE_MUTANTS } from "./mutant.ts";

/** Transports that lie, each in one way. One that no invariant catches is a hole in the suite. */
export const MUTANTS: readonly Mutant[] = [...publishingMutants, ...handlingMutants, ...retryingMutants];
