import type { ItemStack, ItemStackInit } from "@orrery/schema/state/v1";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { fromMessage, toMessage } from "../value/message.ts";
import { entry, isList, isMap, same, type Value, type ValueMap } from "../value/model.ts";

/** So many of one kind. */
export interface Stack {
  readonly item: string;
  readonly count: number;
  /** 0..1, to .01. */
  readonly quality: number;
  readonly attrs: ValueMap | undefined;
}

const COUNT_MOST = 1_000_000;
const ITEM_MOST = 128;

function invalid(given: string): never {
  throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given });
}

/** @throws RPC_FIELD_INVALID, STATE_SCHEMA */
export function readStacks(items: readonly ItemStack[]): Stack[] {
  if (items.length === 0) invalid("no items");
  return items.map(({ itemId, count, quality, attrs }) => {
    if (itemId === "" || itemId.length > ITEM_MOST) invalid(`item_id of ${itemId.length} characters`);
    if (count < 1 || count > COUNT_MOST) invalid(`${count} of ${itemId}, 1..${COUNT_MOST}`);
    if (!(quality >= 0 && quality <= 1)) invalid(`quality ${quality} of ${itemId}, 0..1`);
    const own = attrs === undefined ? undefined : fromMessage(attrs);
    if (own !== undefined && !isMap(own)) invalid(`attrs of ${itemId}: a map`);
    return {
      item: itemId,
      count,
      quality: Math.round(quality * 100) / 100,
      attrs: own as ValueMap | undefined,
    };
  });
}

export function stackMessage({ item, count, quality, attrs }: Stack): ItemStackInit {
  return { itemId: item, count, quality, ...(attrs && { attrs: toMessage(attrs) }) };
}

/** The stacks that an inventory's value holds. */
export function stacksIn(value: Value | undefined): readonly Stack[] {
  const list = isMap(value) ? entry(value, "stacks") : undefined;
  if (!isList(list)) return [];
  return list.filter(isMap).map((stack) => ({
    item: String(entry(stack, "item")),
    count: Number(entry(stack, "count")),
    quality: Number(entry(stack, "quality")),
    attrs: entry(stack, "attrs") as ValueMap | undefined,
  }));
}

export function valueOf(stacks: readonly Stack[]): Value {
  return {
    stacks: stacks.map(({ item, count, quality, attrs }) => ({
      item,
      count: BigInt(count),
      quality,
      ...(attrs !== undefined && { attrs }),
    })),
  };
}

export function alike(a: Stack, b: Stack): boolean {
  return a.item === b.item && a.quality === b.quality && same(a.attrs, b.attrs);
}

/** Largest stack of an item, unless the world says otherwise. */
const STACK_MOST = COUNT_MOST;
const STACKS_MOST = 500;

/** Fills stacks of the same kind up, then makes new ones; undefined where there is no room. */
export function put(stacks: readonly Stack[], items: readonly Stack[]): readonly Stack[] | undefined {
  const result = [...stacks];
  for (const given of items) {
    let left = given.count;
    for (let i = 0; i < result.length && left > 0; i++) {
      const own = result[i] as Stack;
      if (!alike(own, given) || own.count >= STACK_MOST) continue;
      const moved = Math.min(left, STACK_MOST - own.count);
      result[i] = { ...own, count: own.count + moved };
      left -= moved;
    }
    if (left > 0) result.push({ ...given, count: left });
  }
  return result.length > STACKS_MOST ? undefined : result;
}

export interface Taken {
  readonly stacks: readonly Stack[];
  readonly taken: readonly Stack[];
  /** What there was too little of. */
  readonly missing: readonly Stack[];
}

/** Takes items out, the lowest quality first; `exact`: only of the same quality and attrs. */
export function take(stacks: readonly Stack[], items: readonly Stack[], exact: boolean): Taken {
  const result = [...stacks];
  const taken: Stack[] = [];
  const missing: Stack[] = [];
  for (const asked of items) {
    let left = asked.count;
    const places = result
      .map((stack, place) => ({ stack, place }))
      .filter(({ stack }) => (exact ? alike(stack, asked) : stack.item === asked.item))
      .sort((a, b) => a.stack.quality - b.stack.quality);
    for (const { stack, place } of places) {
      const moved = Math.min(left, stack.count);
      if (moved === 0) break;
      result[place] = { ...stack, count: stack.count - moved };
      taken.push({ ...stack, count: moved });
      left -= moved;
    }
    if (left > 0) missing.push({ ...asked, count: left });
  }
  return { stacks: result.filter(({ count }) => count > 0), taken, missing };
}
