import { Lane } from "@orrery/schema/orrery";
import { type SnapshotRequest, SnapshotService } from "@orrery/schema/router/v1";
import { type Codec, createFrameWriter, type InitOf } from "@orrery/wire";
import { type Call, type RpcBinding, serve } from "./serve.ts";

/** One of a service's own events, as it would be said today. */
export interface Said {
  readonly codec: Codec;
  readonly event: unknown;
}

/** The same, as it was written when it was said. */
export interface SaidBytes {
  readonly codec: Codec;
  readonly key: string;
  readonly payload: Uint8Array;
}

/** Pairs a codec with what it says, checked against each other. */
export function say<C extends Codec>(codec: C, event: InitOf<C>): Said {
  return { codec, event };
}

export interface SnapshotOf {
  /** The shortest list of events that brings an empty client to now. */
  readonly events: readonly (Said | SaidBytes)[];
  /** Last sequence of each of the service's streams that the events cover; lane as the schema numbers it. */
  readonly asOf: readonly { readonly lane: number; readonly publisher: string; readonly sequence: number }[];
}

/** Larger than any real snapshot of one service; a frame's own limit is for the bus. */
const SNAPSHOT_MAX_BYTES = 16 * 1024 * 1024;

/** Answers the edge's question for what clients may see of this service. */
export function serveSnapshot(
  answer: (request: SnapshotRequest, call: Call) => SnapshotOf | Promise<SnapshotOf>,
): RpcBinding {
  return serve(SnapshotService, {
    async snapshot(request, call) {
      const { events, asOf } = await answer(request, call);
      const writer = createFrameWriter(
        {
          publisher: `${call.kit.service}/snapshot`,
          source: call.kit.service,
          world: request.worldId,
          lane: "standard",
          fingerprint: call.kit.fingerprint,
          firstSequence: 1,
        },
        { maxBytes: SNAPSHOT_MAX_BYTES },
      );
      const timeMs = call.kit.clock.now();
      for (const said of events) {
        const { codec } = said;
        if (request.withoutWorld && codec.event?.audience === "world") continue;
        if ("payload" in said) writer.appendRaw(codec.typeName, said.payload, { key: said.key, timeMs });
        else writer.append(codec, said.event as never, { key: codec.event?.key(said.event) ?? "", timeMs });
      }
      return { frame: writer.finish(), asOf: asOf.map((mark) => ({ ...mark, lane: mark.lane as Lane })) };
    },
  });
}
