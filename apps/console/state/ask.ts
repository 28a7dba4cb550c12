import { useEffect, useState } from "react";

export interface Asked<T> {
  readonly answer: T | undefined;
  readonly problem: string | undefined;
}

/** Asks when what it depends on changes, and again each so often. @param key what the question depends on */
export function useAsk<T>(key: string, ask: () => Promise<T>, everyMs = 5_000): Asked<T> {
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
          problem: error instanceof Error ? error.message : String(error),
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
  }, [key]);
  return asked.key === key ? asked : { answer: undefined, problem: undefined };
}
