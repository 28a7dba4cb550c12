import { createHash } from "node:crypto";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "./errors.ts";

const PAGE = { standard: 100, most: 1_000 } as const;

/** @throws RPC_FIELD_INVALID */
export function pageSizeOf(asked: number): number {
  if (asked > PAGE.most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `page_size ${asked}, at most ${PAGE.most}`,
    });
  return asked || PAGE.standard;
}

const digest = (query: string) => createHash("sha256").update(query).digest("base64url").slice(0, 10);

/** A token that fits only the query it was made by. */
export function pageToken(query: string, places: readonly number[]): string {
  return Buffer.from(`${digest(query)} ${places.join(" ")}`).toString("base64url");
}

/** @throws BUS_PAGE_TOKEN */
export function readPageToken(query: string, token: string): number[] {
  const [made, ...places] = Buffer.from(token, "base64url").toString().split(" ");
  const numbers = places.map(Number);
  if (made !== digest(query) || numbers.some((place) => !Number.isFinite(place)))
    throw new OrreryError(journalErrors.BUS_PAGE_TOKEN);
  return numbers;
}
