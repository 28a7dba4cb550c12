import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "./store.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const open = async (database: string) => {
  const noteFile = at("data/diary/store.json");
  const store = await openStore({ service: "diary", url: at(database), noteFile });
  await store.close();
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-identity-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("a folder takes the store it was begun with, and refuses another with a sentence before it changes anything", async () => {
  await open("one.db");
  await open("one.db");
  await expect(open("two.db")).rejects.toThrow(
    /STORE_OTHER.*diary: the folder was begun with the file .*one\.db; the file .*two\.db has nothing of it.*DATABASE_URL/,
  );
  const another = await openStore({ service: "diary", url: at("two.db"), noteFile: at("other/store.json") });
  await another.close();
  await expect(open("two.db")).rejects.toThrow(/STORE_OTHER.*belongs to another folder/);
  await open("one.db");
});

it("a store without its folder is taken up by the next one, and a copy of both is as good as they are", async () => {
  await open("one.db");
  rmSync(at("data"), { recursive: true });
  await open("one.db");
  expect(existsSync(at("data/diary/store.json"))).toBe(true);
  copyFileSync(at("one.db"), at("copy.db"));
  await open("copy.db");
});
