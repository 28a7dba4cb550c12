import type { PageSizes } from "@orrery/service";

export const PAGES: PageSizes = { standard: 50, most: 500 };
