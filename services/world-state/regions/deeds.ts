import { create } from "@bufbuild/protobuf";
import { type PropValue, PropValueSchema, ThingActed, Verb } from "@orrery/schema/world/v1";
import { change, type Deed } from "./change.ts";
import type { RegionsContext, RegionsWorld } from "./state.ts";

/** What state a thing is in. */
export const BARRED = "world.barred";
export const COUNT = "world.count";
export const OPEN = "world.open";
export const RUNG = "world.rung_gs";

export const flag = (value: boolean): PropValue =>
  create(PropValueSchema, { value: { case: "flag", value } });
export const number = (value: number): PropValue =>
  create(PropValueSchema, { value: { case: "number", value } });

const WORDS: ReadonlyMap<Verb, string> = new Map(
  Object.entries(Verb).map(([name, verb]) => [verb as Verb, name.toLowerCase()]),
);
export const wordOf = (verb: Verb): string => WORDS.get(verb) ?? `verb ${verb}`;

/** A thing is otherwise than before by somebody's doing; where somebody took it away meanwhile, it is only told. */
export function actOn(
  state: RegionsWorld,
  entityId: string,
  { props = {}, ...deed }: Deed & { readonly props?: Readonly<Record<string, PropValue>> },
  told: {
    readonly placeId: string;
    readonly regionId: string;
    readonly heardM?: number;
    readonly routeId?: string;
  },
  atGs: number,
  ctx: RegionsContext,
): void {
  const known = state.entities.get(entityId);
  if (known !== undefined) {
    const { kind, regionId, placeId } = known;
    change(state, { entityId, kind, regionId, placeId, props, deed }, atGs, ctx);
  }
  ctx.emit(ThingActed, { atGs, thingId: entityId, ...deed, ...told });
}
