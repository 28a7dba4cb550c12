import { CompiledQuery, type Kysely, type QueryResult } from "kysely";
import type { Dialect } from "./columns.ts";

type Query = CompiledQuery<any>;
type Result = QueryResult<any>;

/** Queries, and what their results come to. */
export interface Asked<T> {
  readonly queries: readonly Query[];
  /** @param results one a query */
  read(results: readonly Result[]): T;
}

/** Stands for queries that are sent at once; its rows are their results. */
export interface Group extends Query {
  readonly group: readonly Query[];
}

type Answers<A extends readonly Asked<any>[]> = {
  -readonly [K in keyof A]: A[K] extends Asked<infer T> ? T : never;
};

/**
 * Asks what does not depend on each other's answers. PostgreSQL gets it all at once, so that it costs one way there and
 * back however many queries it is; they are done in order, and in a transaction none is done after one that failed.
 */
export async function together<const A extends readonly Asked<any>[]>(
  db: Kysely<any>,
  dialect: Dialect,
  ...asked: A
): Promise<Answers<A>> {
  const queries = asked.flatMap((own) => own.queries);
  const results = await resultsOf(db, dialect, queries);
  let first = 0;
  return asked.map(({ queries: own, read }) => {
    first += own.length;
    return read(results.slice(first - own.length, first));
  }) as Answers<A>;
}

async function resultsOf(
  db: Kysely<any>,
  dialect: Dialect,
  queries: readonly Query[],
): Promise<readonly Result[]> {
  if (dialect === "postgres" && queries.length > 1) {
    const all: Group = { ...CompiledQuery.raw(""), group: queries };
    return (await db.executeQuery<Result>(all)).rows;
  }
  const results: Result[] = [];
  for (const query of queries) results.push(await db.executeQuery(query));
  return results;
}

/** Queries whose results say nothing. */
export function done(...queries: readonly Query[]): Asked<void> {
  return { queries, read() {} };
}

/** The same, read further. */
export function andThen<T, U>({ queries, read }: Asked<T>, further: (given: T) => U): Asked<U> {
  return { queries, read: (results) => further(read(results)) };
}

/** Several as one; read in order. */
export function inOrder(...asked: readonly Asked<void>[]): Asked<void> {
  return {
    queries: asked.flatMap(({ queries }) => queries),
    read(results) {
      let first = 0;
      for (const { queries, read } of asked) {
        read(results.slice(first, first + queries.length));
        first += queries.length;
      }
    },
  };
}
