import { create } from "@bufbuild/protobuf";
import { LastSaid, LastSaidSchema } from "@orrery/schema/simulation/v1";
import { type Codec, OrreryError } from "@orrery/wire";
import { simulationErrors } from "../errors.ts";
import type { AnyState, TableTypes } from "../state/state.ts";
import type { Table } from "../state/table.ts";

/*
 * Who comes now is told the last event of each key, of the types whose latest says all. These are kept in a table of the
 * state, beside the author's: they follow from the inputs as all of it does, so that they are there again after a restart,
 * in a fork and at any place of a replay, without a record of their own.
 */

/** The kit's table; no author's may be called so. */
export const SAID = "said";

/** Whether who comes later is told the last of these. */
const isTold = ({ event }: Codec): boolean => event?.coalesce === true && event.audience !== "none";

/**
 * The tables of a state, with the kit's own. It is there also where nothing is kept: a state may hold what was kept before
 * its service began to answer newcomers itself.
 * @throws WORLD_TABLE_NAME
 */
export function withSaid(tables: TableTypes): TableTypes {
  for (const name of ["root", SAID])
    if (Object.hasOwn(tables, name))
      throw new OrreryError(simulationErrors.WORLD_TABLE_NAME, { given: name });
  return { ...tables, [SAID]: LastSaid };
}

/**
 * The types that are kept for newcomers.
 * @throws WORLD_SAID_PERSONAL
 */
export function keptOf(emits: readonly Codec[]): ReadonlySet<Codec> {
  const told = emits.filter(isTold);
  const personal = told.find(({ event }) => (event?.personalFields.length ?? 0) > 0);
  if (personal !== undefined)
    throw new OrreryError(simulationErrors.WORLD_SAID_PERSONAL, { given: personal.typeName });
  return new Set(told);
}

const saidIn = (state: AnyState) => (state as unknown as Record<typeof SAID, Table<LastSaid>>)[SAID];
/** No type has a blank in it; a key may. */
const idOf = ({ typeName }: Codec, key: string) => `${typeName} ${key}`;
const typeOf = (id: string) => id.slice(0, id.indexOf(" "));

export function keepSaid(state: AnyState, codec: Codec, key: string, bytes: Uint8Array): void {
  const said = saidIn(state);
  const id = idOf(codec, key);
  const payload = bytes.slice();
  if (said.has(id)) said.edit(id).payload = payload;
  else said.add(id, create(LastSaidSchema, { payload }));
}

/** What it was about is gone: nobody is told of it any more. */
export function retireSaid(state: AnyState, codec: Codec, key: string): void {
  saidIn(state).remove(idOf(codec, key));
}

/** Lets go what was kept under other code, of types that are not kept any more. */
export function sweepSaid(state: AnyState, kept: ReadonlySet<Codec>): void {
  const types = new Set([...kept].map(({ typeName }) => typeName));
  const said = saidIn(state);
  for (const id of said.ids()) if (!types.has(typeOf(id))) said.remove(id);
}

/** Each with its type and key. */
export function* lastSaid(
  state: AnyState,
): Iterable<{ readonly type: string; readonly key: string; readonly payload: Uint8Array }> {
  for (const [id, { payload }] of saidIn(state)) {
    const type = typeOf(id);
    yield { type, key: id.slice(type.length + 1), payload };
  }
}
