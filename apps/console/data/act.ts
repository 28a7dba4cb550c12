import { useState } from "react";

export interface Act {
  readonly busy: boolean;
  /** What came of the last one, in words; undefined before the first. */
  readonly said: string | undefined;
  readonly failed: boolean;
  /** Grows with each that went well: what it may have changed is to be asked anew. */
  readonly done: number;
  /** One at a time; `act` answers what is to be said. */
  run(act: () => Promise<string>): Promise<void>;
}

/** Something an admin does here, and what became of it. */
export function useAct(): Act {
  const [{ busy, said, failed, done }, set] = useState({
    busy: false,
    said: undefined as string | undefined,
    failed: false,
    done: 0,
  });
  return {
    busy,
    said,
    failed,
    done,
    async run(act) {
      if (busy) return;
      set({ busy: true, said: undefined, failed: false, done });
      await act().then(
        (words) => set({ busy: false, said: words, failed: false, done: done + 1 }),
        (error: unknown) => set({ busy: false, said: messageOf(error), failed: true, done }),
      );
    },
  };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
