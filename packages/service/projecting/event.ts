import type { Codec, Frame, MessageOf } from "@orrery/wire";
import { messageIn } from "../personal/rewrite.ts";

/** An event as a projection is told it. */
export interface ProjectedEvent {
  readonly publisher: string;
  readonly sequence: number;
  readonly type: string;
  readonly key: string;
  /** Unix ms. */
  readonly timeMs: number;
  decode<C extends Codec>(codec: C): MessageOf<C>;
}

/** @param event may be a view that moves on: its bytes are copied */
export function projected(
  event: Omit<ProjectedEvent, "decode"> & { readonly payload: Uint8Array },
  contentType: Frame["contentType"],
): ProjectedEvent {
  const { publisher, sequence, type, key, timeMs } = event;
  const payload = event.payload.slice();
  return {
    publisher,
    sequence,
    type,
    key,
    timeMs,
    decode: <C extends Codec>(codec: C) => messageIn(codec, payload, contentType) as MessageOf<C>,
  };
}
