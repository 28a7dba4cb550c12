import type { Message } from "@bufbuild/protobuf";
import { OrreryError } from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import { simulationErrors } from "./errors.ts";
import { type Opener, openState } from "./personal.ts";

/**
 * A state as it was written, of the aggregate's type of now.
 * @param type that it was written as; empty: not noted
 * @throws WORLD_STATE_TYPE when that is another, and nothing says how one becomes the other
 */
export async function readState(
  opener: Opener,
  aggregate: Aggregate,
  type: string,
  bytes: Uint8Array,
): Promise<{ readonly message: Message; readonly erased: readonly string[] }> {
  const { state } = aggregate;
  const written = type === "" || type === state.typeName ? undefined : earlierOf(aggregate, type);
  const codec = written?.codec ?? state;
  const opened = await openState(opener, codec, bytes);
  const read = codec.decode(opened.bytes) as Message;
  return { message: written === undefined ? read : written.migrate(read), erased: opened.erased };
}

function earlierOf({ state, earlier }: Aggregate, type: string): Aggregate["earlier"][number] {
  const found = earlier.find(({ codec }) => codec.typeName === type);
  if (found !== undefined) return found;
  throw new OrreryError(simulationErrors.WORLD_STATE_TYPE, {
    given: `a state was written as ${type}, the aggregate has ${state.typeName}`,
  });
}
