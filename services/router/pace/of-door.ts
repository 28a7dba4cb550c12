/** So many sockets are served faster than the door's own pace where one of them may be. */
const FEW = 1_000;

/** Rounds a second of a door. @param standard its own @param fastest that any of its clients may have */
export const paceOf = (standard: number, fastest: number, sockets: number): number =>
  sockets <= FEW ? Math.max(standard, fastest) : standard;
