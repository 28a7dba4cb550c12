import { EdgeService, type Session } from "@orrery/schema/router/v1";
import type { Valley } from "../data/valley.ts";

const PAGE = 500;
/** Beyond so many the list is cut, and said to be. */
const PAGES_MOST = 20;

/** Everybody who is in by the door that is asked. */
export async function allSessions(
  valley: Valley,
): Promise<{ readonly sessions: readonly Session[]; readonly isAll: boolean }> {
  const edge = valley.world.rpc(EdgeService);
  const sessions: Session[] = [];
  let pageToken = "";
  for (let page = 0; page < PAGES_MOST; page++) {
    const found = await edge.listSessions({ pageSize: PAGE, pageToken });
    sessions.push(...found.sessions);
    pageToken = found.nextPageToken;
    if (pageToken === "") break;
  }
  return { sessions, isAll: pageToken === "" };
}
