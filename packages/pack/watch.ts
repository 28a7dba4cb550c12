import { watch } from "node:fs";
import { type ReadPack, readPack } from "./read.ts";

/** Editors write a file in several steps: an edit is over when nothing has come for this long. */
const SETTLE_MS = 150;

/**
 * Follows edits of a pack's folder. Each time its content has changed and is valid, `onPack` gets it; when it is
 * not, `onError` gets PACK_REFUSED with every mistake, and the pack stays as it was. What `onPack` fails on goes there
 * too, and is offered again with the next save.
 * @returns stops the watch
 */
export function watchPack(
  dir: string,
  onPack: (read: ReadPack) => unknown,
  onError: (error: unknown) => void,
  options: { readonly known?: string; readonly settleMs?: number } = {},
): () => void {
  let known = options.known;
  let timer: NodeJS.Timeout | undefined;
  let reading = Promise.resolve();
  let closed = false;

  async function look(): Promise<void> {
    if (closed) return;
    try {
      const read = await readPack(dir);
      if (closed || read.digest === known) return;
      await onPack(read);
      known = read.digest;
    } catch (error) {
      if (!closed) onError(error);
    }
  }

  const watcher = watch(dir, (_, name) => {
    if (name !== null && !name.endsWith(".yaml")) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      reading = reading.then(look);
    }, options.settleMs ?? SETTLE_MS);
  });
  watcher.on("error", onError);
  return () => {
    closed = true;
    clearTimeout(timer);
    watcher.close();
  };
}
