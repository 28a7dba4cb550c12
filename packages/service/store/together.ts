import { CompiledQuery, type Kysely, type QueryResult } from "kysely";
import type { Condition } from "./condition.ts";

type Query = CompiledQuery<any>;
type Result = QueryResult<any>;

/** Queries, and what their results come to. */
export interface Asked<T> {
  readonly queries: readonly Query[];
  /** What the first row of the last query must hold for `commitTogether` to go through; `read` throws where it does not. */
  readonly must?: Readonly<Record<string, unknown>>;
  /** @param results one a query */
  read(results: readonly Result[]): T;
}

/** Stands for queries that are sent at once; its rows are their results. */
export interface Group extends Query {
  readonly group: readonly Query[];
  /** They are a transaction. */
  readonly commits: boolean;
  readonly conditions: readonly Condition[];
}

type Answers<A extends readonly Asked<any>[]> = {
  -readonly [K in keyof A]: A[K] extends Asked<infer T> ? T : never;
};

/**
 * Asks what does not depend on each other's answers. It is all sent at once, so that it costs one way there and back
 * however many queries it is; they are done in order, and in a transaction none is done after one that failed.
 */
export async function together<const A extends readonly Asked<any>[]>(
  db: Kysely<any>,
  ...asked: A
): Promise<Answers<A>> {
  return answersOf(asked, await resultsOf(db, asked, false));
}

/**
 * The same as a transaction of its own, which on SQLite is one way there and back too. What decides whether it goes
 * through is said by `must`: nothing of it is left where one does not hold.
 */
export async function commitTogether<const A extends readonly Asked<any>[]>(
  db: Kysely<any>,
  ...asked: A
): Promise<Answers<A>> {
  return answersOf(asked, await resultsOf(db, asked, true));
}

async function resultsOf(
  db: Kysely<any>,
  asked: readonly Asked<any>[],
  commits: boolean,
): Promise<readonly Result[]> {
  const group = asked.flatMap(({ queries }) => queries);
  const [only] = group;
  if (only === undefined) return [];
  if (group.length === 1 && !commits) return [await db.executeQuery(only)];
  let end = 0;
  const conditions = asked.flatMap(({ queries, must }) => {
    end += queries.length;
    return must === undefined ? [] : [{ of: end - 1, row: must }];
  });
  const all: Group = { ...CompiledQuery.raw(""), group, commits, conditions };
  return (await db.executeQuery<Result>(all)).rows;
}

function answersOf<A extends readonly Asked<any>[]>(asked: A, results: readonly Result[]): Answers<A> {
  let first = 0;
  return asked.map(({ queries, read }) => {
    first += queries.length;
    const answer = read(results.slice(first - queries.length, first));
    if (results.length < first) throw new Error("a commit was undone over what its reader takes");
    return answer;
  }) as Answers<A>;
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
