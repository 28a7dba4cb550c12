import { ConsiderationInput, Need } from "@orrery/schema/world/v1";
import { word } from "../data/words.ts";

interface Reason {
  readonly input: ConsiderationInput;
  readonly need: Need;
  readonly value: number;
  readonly made: number;
}

/** `lack of food 0.40 makes 0.66, near 0.90 makes 0.84` */
export const reasonsOf = (reasons: readonly Reason[]) =>
  reasons
    .map(({ input, need, value, made }) => {
      const of =
        input === ConsiderationInput.LACK ? `lack of ${word(Need, need)}` : word(ConsiderationInput, input);
      return `${of} ${value.toFixed(2)} makes ${made.toFixed(2)}`;
    })
    .join(", ");
