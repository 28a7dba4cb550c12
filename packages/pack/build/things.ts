import { type ThingInit, Verb } from "@orrery/schema/world/v1";
import type { Parts } from "../parts.ts";

const HOUR_GS = 3_600;

export const buildThings = ({ things: { things } }: Parts): ThingInit[] =>
  things.map(({ id, name, at, seen, ring, open, bar, use = "", take = 0 }) => ({
    ...{
      id,
      name,
      placeId: at,
      seen,
      open: open ?? false,
      heardM: ring?.heard_m ?? 0,
      used: use,
      count: take,
    },
    verbs: [
      ...(ring === undefined ? [] : [Verb.RING]),
      ...(open === undefined ? [] : [Verb.OPEN, Verb.CLOSE]),
      ...(bar === undefined ? [] : [Verb.BAR, Verb.UNBAR]),
      ...(use === "" ? [] : [Verb.USE]),
      ...(take === 0 ? [] : [Verb.TAKE, Verb.PUT]),
    ],
    ...(bar && {
      barring: {
        routeId: bar.road,
        keeperRoleId: bar.keeper ?? "",
        keeperAfterGs: bar.keeper_after_h * HOUR_GS,
        opensAfterGs: bar.opens_after_h * HOUR_GS,
      },
    }),
  }));
