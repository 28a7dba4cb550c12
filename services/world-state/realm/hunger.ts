import type { Books, Valley } from "@orrery/economy";
import { ShortageLevel } from "@orrery/schema/world/v1";
import type { EventId } from "@orrery/wire";

const HOURS = 24;
const [SHORT, CRITICAL] = [0.4, 0.7];

const staplesIn = ({ goods, market }: Valley, place: number): readonly number[] =>
  goods.flatMap(({ staple }, good) => (staple ? [market(place, good)] : []));

/** How badly the people of a place lack what they live on, 0..1: by how short it is, and how long of the day they went without. */
export function hungerIn(valley: Valley, books: Books, place: number): number {
  const levels = staplesIn(valley, place).map((market) => books.markets[market]?.level);
  const short = levels.includes(ShortageLevel.CRITICAL)
    ? CRITICAL
    : levels.includes(ShortageLevel.SHORT)
      ? SHORT
      : 0;
  return Math.max(short, Math.min(1, (books.purses[place]?.hungryHours ?? 0) / HOURS));
}

/** What declared that people of a place lack what they live on, while they do. */
export function shortageIn(valley: Valley, books: Books, place: number): EventId | undefined {
  const declared = staplesIn(valley, place)
    .flatMap((market) => books.markets[market] ?? [])
    .find(({ causePublisher }) => causePublisher !== "");
  return declared && { publisher: declared.causePublisher, sequence: declared.causeSequence };
}
