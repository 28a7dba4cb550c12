import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@orrery/service";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ledger } from "../../migrations/001-ledger.ts";
import { billing } from "../../migrations/002-billing.ts";
import { openMemory } from "./keep.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-bank-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is read again by a process that takes it over, and what is written then is what the other left", async () => {
  const url = join(folder, "bank.db");
  const open = () =>
    openStore({ service: "payment", url, migrations: { "001-ledger": ledger, "002-billing": billing } });
  const [one, two] = [await open(), await open()];
  const standby = await openMemory(two);
  const keeper = await openMemory(one);
  keeper.state.made = 7;
  keeper.state.keys.set("a-key", { digest: "d", answer: "pay_7" });
  await keeper.save();

  expect(standby.state.made).toBe(0);
  await standby.read();
  standby.state.keys.set("another", { digest: "e", answer: "pay_8" });
  await standby.save();
  await keeper.read();
  expect([keeper.state.made, [...keeper.state.keys.keys()].sort()]).toEqual([7, ["a-key", "another"]]);
  await Promise.all([one.close(), two.close()]);
});
