import { KeptReading, type SourceKind, Source, SourceStatus } from "@orrery/schema/engine/v1";
import { SourceKind as Kinds } from "@orrery/schema/engine/v1";
import { encodeBytes, type InitOf, type MessageOf } from "@orrery/wire";
import type { Kysely } from "kysely";
import { placeOf } from "../feeds/request.ts";
import type { WatchedSource } from "../subjects/read.ts";
import type { SourceFile } from "../subjects/shape.ts";
import type { EngineTables } from "../tables.ts";

type Db = Kysely<EngineTables>;
type SourceRow = MessageOf<typeof Source>;

const KIND: Readonly<Record<SourceFile["kind"], SourceKind>> = {
  "github-tags": Kinds.GITHUB_TAGS,
  "github-releases": Kinds.GITHUB_RELEASES,
  npm: Kinds.NPM,
  feed: Kinds.FEED,
  file: Kinds.FILE,
  push: Kinds.PUSH,
};

const OUTSIDE: ReadonlySet<SourceFile["kind"]> = new Set(["github-tags", "github-releases", "npm", "feed"]);

/** Whether it is read from here at all. */
export const isRead = ({ kind }: Pick<SourceFile, "kind">, live: "on" | "off"): boolean =>
  kind === "file" || (live === "on" && OUTSIDE.has(kind));

const OFF = "sources outside are not read: set UE_VERSION_MONITOR_LIVE to on";

/** What is kept of a source, under what its file says of it now. */
export function described(
  watched: WatchedSource,
  kept: SourceRow | undefined,
  live: "on" | "off",
): SourceRow {
  const base = kept ?? Source.decode(new Uint8Array());
  const { id: sourceId, subjectId, kind, url, token_env: tokenEnv = "", interval_s: intervalS } = watched;
  const isOff = kind !== "push" && !isRead(watched, live);
  const status = isOff ? SourceStatus.DISABLED : awake(base, kind);
  return {
    ...base,
    ...{
      sourceId,
      subjectId,
      tokenEnv,
      url: kind === "file" || url === "" ? url : placeOf(url),
      kind: KIND[kind],
      intervalMs: intervalS * 1_000,
    },
    ...{ status, reason: isOff ? OFF : base.status === SourceStatus.DISABLED ? "" : base.reason },
  };
}

function awake({ status, lastOkMs }: SourceRow, kind: SourceFile["kind"]): SourceStatus {
  const isFresh = status === SourceStatus.UNSPECIFIED || status === SourceStatus.DISABLED;
  if (!isFresh) return status;
  return lastOkMs === 0 && kind !== "push" ? SourceStatus.NEVER_READ : SourceStatus.OK;
}

/** Of one subject, or of all. */
export async function readSources(db: Db, subject?: string): Promise<Map<string, SourceRow>> {
  let query = db.selectFrom("source").select(["id", "body"]);
  if (subject !== undefined) query = query.where("subject", "=", subject);
  const rows = await query.execute();
  return new Map(rows.map(({ id, body }) => [id, Source.decode(body)]));
}

export async function readSource(db: Db, id: string): Promise<SourceRow | undefined> {
  const row = await db.selectFrom("source").select("body").where("id", "=", id).executeTakeFirst();
  return row && Source.decode(row.body);
}

export async function putSource(db: Db, source: SourceRow): Promise<void> {
  const body = encodeBytes(Source, source);
  const { sourceId: id, subjectId: subject } = source;
  await db
    .insertInto("source")
    .values({ id, subject, body })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ subject, body }))
    .execute();
}

export async function readReading(
  db: Db,
  source: string,
): Promise<MessageOf<typeof KeptReading> | undefined> {
  const row = await db.selectFrom("reading").select("body").where("source", "=", source).executeTakeFirst();
  return row && KeptReading.decode(row.body);
}

export async function putReading(db: Db, source: string, reading: InitOf<typeof KeptReading>): Promise<void> {
  const body = encodeBytes(KeptReading, reading);
  await db
    .insertInto("reading")
    .values({ source, body })
    .onConflict((conflict) => conflict.column("source").doUpdateSet({ body }))
    .execute();
}
