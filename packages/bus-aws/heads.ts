import type { FrameHead } from "@orrery/wire";

/** Heads of frames that this process saw, published or received: what a queue's mere numbers are read with. */
export interface Heads {
  saw(head: FrameHead): void;
  /** The newest `count` that `wants` takes, newest first. Fewer when fewer are known. */
  newest(count: number, wants: (head: FrameHead) => boolean): FrameHead[];
}

const MOST = 8_192;

export function createHeads(): Heads {
  const byId = new Map<string, FrameHead>();
  return {
    saw(head) {
      const id = `${head.publisher}/${head.firstSequence}/${head.count}`;
      if (byId.has(id)) return;
      byId.set(id, head);
      if (byId.size <= MOST) return;
      for (const oldest of byId.keys()) {
        byId.delete(oldest);
        break;
      }
    },
    newest(count, wants) {
      const found: FrameHead[] = [];
      const all = [...byId.values()];
      for (let i = all.length - 1; i >= 0 && found.length < count; i--) {
        const head = all[i] as FrameHead;
        if (wants(head)) found.push(head);
      }
      return found;
    },
  };
}
