import { EXIT } from "../exit.ts";

/**
 * Lets Ctrl-C end what runs in the world, too: the first one aborts `stop`, a second one leaves at once.
 * @param left what goes on in the world when it is left at once
 */
export async function interruptible<T>(left: string, run: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const onSignal = () => {
    if (stopping.signal.aborted) {
      console.error(`\n${left}`);
      process.exit(EXIT.interrupted);
    }
    stopping.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    return await run(stopping.signal);
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}
