import { expect, it } from "vitest";
import type { PageAsked, Reader } from "./read.ts";
import { sharePages } from "./share-pages.ts";

it("reads a page once for those who ask at the same moment, and anew for who asks later", async () => {
  const read: PageAsked[] = [];
  const reader = sharePages({
    async page(asked: PageAsked) {
      read.push(asked);
      return { events: [], at: asked.after };
    },
  } as Partial<Reader> as Reader);
  const asked = { world: "w", filter: undefined, after: 1, newest: 9, newestFirst: false, limit: 5 };
  const pages = await Promise.all([
    reader.page(asked),
    reader.page({ ...asked }),
    reader.page({ ...asked, after: 2 }),
  ]);
  expect(pages.map(({ at }) => at)).toEqual([1, 1, 2]);
  expect(read).toHaveLength(2);
  await reader.page(asked);
  expect(read).toHaveLength(3);
});
