import { createHash } from "node:crypto";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";

const PAGE = { standard: 100, most: 500 } as const;

/** @throws RPC_FIELD_INVALID */
export function pageSizeOf(asked: number): number {
  if (asked > PAGE.most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `page_size ${asked}, at most ${PAGE.most}`,
    });
  return asked || PAGE.standard;
}

const digest = (query: unknown) =>
  createHash("sha256").update(JSON.stringify(query)).digest("base64url").slice(0, 10);

/** A token that fits only the query it was made by. */
export function pageToken(query: unknown, places: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([digest(query), ...places])).toString("base64url");
}

/** @throws RPC_PAGE_TOKEN */
export function readPageToken(query: unknown, token: string): readonly (string | number)[] | undefined {
  if (token === "") return undefined;
  try {
    const [made, ...places] = JSON.parse(Buffer.from(token, "base64url").toString()) as (string | number)[];
    if (made === digest(query)) return places;
  } catch {
    // No token at all is answered like one of another query.
  }
  throw new OrreryError(serviceErrors.RPC_PAGE_TOKEN);
}
