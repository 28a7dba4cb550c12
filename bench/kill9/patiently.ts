import { Code, ConnectError } from "@connectrpc/connect";

const TRIES = 8;

/** Asks again what was not answered in time: how fast a busy machine reads is not what is judged here. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const isLate = error instanceof ConnectError && error.code === Code.DeadlineExceeded;
      if (!isLate || tries === TRIES) throw error;
    }
  }
}
