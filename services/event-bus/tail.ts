import type { TailRequest } from "@orrery/schema/bus/v1";
import type { Call } from "@orrery/service";
import type { InitOf } from "@orrery/wire";
import type { TailResponse as TailCodec } from "@orrery/schema/bus/v1";
import { erasing } from "./erasing/part.ts";
import { show } from "./erasing/show.ts";
import { journal } from "./journal/part.ts";

const HEARTBEAT_MS = 5_000;
const PAGE = 500;

/** Exactly what Query gives after a position, as it comes; a heartbeat says that nothing came. */
export async function* tail(request: TailRequest, call: Call): AsyncGenerator<InitOf<typeof TailCodec>> {
  const { reader, keeper } = call.part(journal);
  const { worldId: world, filter } = request;
  const newestOf = () => keeper.newest(world);
  let position = request.after ?? newestOf();
  let changed = Promise.withResolvers<void>();
  const stop = keeper.onCommit(() => changed.resolve());
  try {
    while (!call.signal.aborted) {
      changed = Promise.withResolvers();
      const newest = newestOf();
      if (newest > position) {
        const page = await reader.page({
          world,
          filter,
          after: position,
          newest,
          newestFirst: false,
          limit: PAGE,
        });
        position = page.at ?? newest;
        if (page.events.length > 0)
          yield { events: [...(await show(call.part(erasing).personal, page.events, "open"))], position };
        continue;
      }
      const waited = new AbortController();
      const beat = call.kit.clock
        .sleep(HEARTBEAT_MS, AbortSignal.any([call.signal, waited.signal]))
        .then(() => "beat" as const);
      const first = await Promise.race([beat, changed.promise.then(() => "news" as const)]);
      waited.abort();
      if (first === "beat" && !call.signal.aborted) yield { events: [], position };
    }
  } finally {
    stop();
  }
}
