import { type Modifier, ModifierOp, type ModifierRule } from "@orrery/schema/world/v1";

type Applied = Pick<Modifier, "op" | "value" | "group">;

const { ADD, MUL, MAX, MIN, SET } = ModifierOp;
const neutralOf = (op: ModifierOp) => (op === ADD ? 0 : 1);
const strengthOf = ({ op, value }: Applied) => Math.abs(value - neutralOf(op));

/** A rule's change as strong as its event: half an intensity takes half of it. What sets or bounds is not weakened. */
export function scaled({ op, value }: Pick<ModifierRule, "op" | "value">, intensity: number): number {
  const neutral = neutralOf(op);
  return op === ADD || op === MUL ? neutral + (value - neutral) * intensity : value;
}

/** What becomes of a value: of a group the strongest counts alone; what sets comes first, then products, then sums, then bounds. */
export function modified(base: number, modifiers: readonly Applied[]): number {
  const groups = new Map<string, Applied>();
  const all: Applied[] = [];
  for (const one of modifiers) {
    if (one.group === "") all.push(one);
    else {
      const known = groups.get(one.group);
      if (known === undefined || strengthOf(one) > strengthOf(known)) groups.set(one.group, one);
    }
  }
  all.push(...groups.values());
  const values = (op: ModifierOp) => all.filter((one) => one.op === op).map(({ value }) => value);
  let value = values(SET).at(-1) ?? base;
  for (const factor of values(MUL)) value *= factor;
  for (const more of values(ADD)) value += more;
  return Math.min(Math.max(value, ...values(MAX)), ...values(MIN));
}
