import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ByeReason } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { routerErrors } from "../errors.ts";
import { CLOSE, farewellFor } from "./bye.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/edge-protocol.md"), "utf8");
const rows = [...page.matchAll(/^\| (\d{4}) \| ([A-Z]+) \|/gm)].map(
  ([, code, reason]) => `${code} ${reason}`,
);

const nameOf = (reason: ByeReason) => Object.entries(ByeReason).find(([, value]) => value === reason)?.[0];

describe("how a socket ends", () => {
  it("stands in one table of the page: every close code that is used, and no other of ours", () => {
    expect(rows.map((row) => Number(row.slice(0, 4))).sort()).toEqual(Object.values(CLOSE).sort());
  });

  it("is the reason and code of the table, whatever was refused", () => {
    for (const kind of Object.values(routerErrors)) {
      const { reason, close, code } = farewellFor(new OrreryError(kind));
      expect(rows, code).toContain(`${close} ${nameOf(reason)}`);
    }
  });
});
