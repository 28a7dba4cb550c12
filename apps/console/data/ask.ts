import { useEffect, useState } from "react";
import { messageOf } from "./act.ts";

export interface Asked<T> {
  readonly answer: T | undefined;
  readonly problem: string | undefined;
}

/**
 * Asks when what it depends on changes, and again each so often.
 * @param key what the question depends on: an answer to another one is not shown
 * @param changes grows when the answer has probably changed; the one before stands until the new one is there
 */
export function useAsk<T>(key: string, ask: () => Promise<T>, everyMs = 5_000, changes = 0): Asked<T> {
  const [asked, setAsked] = useState<Asked<T> & { readonly key: string }>({
    key: "",
    answer: undefined,
    problem: undefined,
  });
  useEffect(() => {
    let timer = 0;
    let gone = false;
    const look = async () => {
      const found = await ask().then(
        (answer) => ({ answer, problem: undefined }),
        (error: unknown) => ({
          answer: undefined,
          problem: messageOf(error),
        }),
      );
      if (gone) return;
      setAsked({ key, ...found });
      timer = window.setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [key, changes]);
  return asked.key === key ? asked : { answer: undefined, problem: undefined };
}
