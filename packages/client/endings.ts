import { type Bye, ByeReason } from "@orrery/schema/router/v1";

/** What a client does when the edge says `Bye`. */
export type Ending =
  /** The same request would end the same way. */
  | "final"
  /** Comes back with another token; final when the edge ends that one too before a Welcome. */
  | "with a new token"
  /** Comes back once: it may have been the edge's moment; final when it ends so twice before a Welcome. */
  | "once more"
  | "come back";

const ENDINGS: Record<ByeReason, Ending> = {
  [ByeReason.UNSPECIFIED]: "come back",
  [ByeReason.CLOSED]: "come back",
  [ByeReason.LOST]: "come back",
  [ByeReason.SLOW]: "come back",
  [ByeReason.REPLACED]: "final",
  [ByeReason.EXPIRED]: "with a new token",
  [ByeReason.KICKED]: "final",
  [ByeReason.PROTOCOL]: "once more",
  [ByeReason.RATE]: "come back",
  [ByeReason.DRAINING]: "come back",
  [ByeReason.VERSION]: "final",
  [ByeReason.WORLD]: "final",
};

/** @param everOpen a client that was never let in is told at once what was wrong with its request */
export function endingOf({ reason }: Bye, everOpen: boolean): Ending {
  const ending = ENDINGS[reason] ?? "come back";
  return ending === "once more" && !everOpen ? "final" : ending;
}
