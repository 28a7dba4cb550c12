import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readPack } from "./read.ts";
import { watchPack } from "./watch.ts";

const HOLLOWMERE = join(import.meta.dirname, "../../worlds/hollowmere");

it("an edit arrives once; a broken one is refused and leaves the pack as it was", async () => {
  const dir = await mkdtemp(join(tmpdir(), "pack-"));
  await cp(HOLLOWMERE, dir, { recursive: true });
  const known = (await readPack(dir)).digest;
  const heard: (string | number)[] = [];
  let wake = () => {};
  const next = () => new Promise<void>((resolve) => (wake = resolve));
  const stop = watchPack(
    dir,
    ({ pack }) => {
      heard.push(pack.title);
      wake();
    },
    (error) => {
      heard.push((error as { code: string }).code);
      wake();
    },
    { known, settleMs: 20 },
  );
  const file = join(dir, "pack.yaml");
  const text = await readFile(file, "utf8");
  let heardNext = next();
  await writeFile(file, text.replace("title: Hollowmere", "title: Hollowmere by Night"));
  await heardNext;
  heardNext = next();
  await writeFile(file, text.replace("title: Hollowmere", "titel: Hollowmere"));
  await heardNext;
  stop();
  expect(heard).toEqual(["Hollowmere by Night", "PACK_REFUSED"]);
  await rm(dir, { recursive: true });
});
