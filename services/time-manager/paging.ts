import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";

const PAGE = { standard: 100, most: 500 } as const;

/**
 * One page of a list that fits into memory. The token holds the query it belongs to and the place to go on.
 * @throws RPC_PAGE_TOKEN, RPC_FIELD_INVALID
 */
export function pageOf<T>(items: readonly T[], query: string, pageSize: number, token: string) {
  const size = pageSize || PAGE.standard;
  if (size > PAGE.most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `page_size ${size}, at most ${PAGE.most}`,
    });
  let start = 0;
  if (token !== "") {
    const [place, of] = Buffer.from(token, "base64url").toString().split("\n");
    start = Number(place);
    if (of !== query || !Number.isInteger(start))
      throw new OrreryError(serviceErrors.RPC_PAGE_TOKEN, { given: query });
  }
  const end = start + size;
  const nextPageToken = end < items.length ? Buffer.from(`${end}\n${query}`).toString("base64url") : "";
  return { items: items.slice(start, end), nextPageToken };
}
