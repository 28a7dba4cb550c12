import { type EventFilterSchema, JournalService, Order } from "@orrery/schema/bus/v1";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { useEffect, useRef, useState } from "react";
import { messageOf } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { fromJournal, type Row } from "./row.ts";

const KEPT = 5_000;
const PAGE = 300;
const AGAIN_MS = 1_000;

/** What the journal has, newest first, and what is said from here on. */
export interface Followed {
  readonly rows: readonly Row[];
  /** Why nothing new comes just now; it is tried again by itself. */
  readonly problem: string | undefined;
  /** Reads further back; undefined: there is nothing before, or no journal to ask. */
  readonly older: (() => void) | undefined;
  /** Before the first answer. */
  readonly reading: boolean;
}

/**
 * Follows the journal, over restarts and cuts of the line; guests follow what clients may see.
 * @param entity only what is said about it; empty: everything
 * @param held what comes waits until it is let go
 */
export function useStream(valley: Valley, entity: string, held: boolean): Followed {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [problem, setProblem] = useState<string>();
  const [before, setBefore] = useState("");
  const [reading, setReading] = useState(valley.isAdmin);
  const heldNow = useRef(held);
  heldNow.current = held;

  useEffect(() => {
    setRows([]);
    setBefore("");
    setReading(valley.isAdmin);
    const stop = new AbortController();
    let waiting: Row[] = [];
    let frame = 0;
    const publish = () => {
      if (waiting.length > 0 && !heldNow.current) {
        const fresh = waiting.reverse();
        waiting = [];
        setRows((now) => [...fresh, ...now].slice(0, KEPT));
      }
      frame = requestAnimationFrame(publish);
    };
    frame = requestAnimationFrame(publish);

    async function follow(): Promise<void> {
      const journal = valley.world.rpc(JournalService);
      const asked = { worldId: valley.world.id, filter: filterOf(entity) };
      let after: number | undefined;
      while (!stop.signal.aborted) {
        try {
          if (after === undefined) {
            const page = await journal.query({ ...asked, order: Order.NEWEST_FIRST, pageSize: PAGE });
            setRows(page.events.map((event) => fromJournal(event, valley)));
            setBefore(page.nextPageToken);
            setReading(false);
            after = page.newest;
          }
          setProblem(undefined);
          for await (const { events, position } of journal.tail(
            { ...asked, after },
            { signal: stop.signal },
          )) {
            waiting.push(...events.map((event) => fromJournal(event, valley)));
            after = Math.max(after, position);
          }
        } catch (error) {
          if (!stop.signal.aborted) setProblem(messageOf(error));
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
    if (valley.isAdmin) void follow();
    const unlisten = valley.isAdmin ? () => {} : valley.onEvent((told) => waiting.push(fromTold(told)));
    return () => {
      stop.abort();
      unlisten();
      cancelAnimationFrame(frame);
    };
  }, [valley, entity]);

  async function readOlder(): Promise<void> {
    try {
      const page = await valley.world.rpc(JournalService).query({
        worldId: valley.world.id,
        filter: filterOf(entity),
        order: Order.NEWEST_FIRST,
        pageSize: PAGE,
        pageToken: before,
      });
      setRows((now) => [...now, ...page.events.map((event) => fromJournal(event, valley))]);
      setBefore(page.nextPageToken);
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return { rows, problem, reading, older: before === "" ? undefined : () => void readOlder() };
}

const filterOf = (entity: string): MessageInitShape<typeof EventFilterSchema> =>
  entity === "" ? {} : { entities: [entity] };

function fromTold({ event, says, atGs }: Parameters<Parameters<Valley["onEvent"]>[0]>[0]): Row {
  const { id, type, service, key, timeMs } = event;
  return { id: `${id.publisher}/${id.sequence}`, type, service, says, key, atGs, timeMs };
}
