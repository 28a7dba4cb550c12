import type { PageSizes } from "@orrery/service";

/** Of events, letters and deliveries: who reads a journal reads much. */
export const PAGES: PageSizes = { standard: 100, most: 1_000 };
