import { NpcService } from "@orrery/schema/npc/v1";
import { useRef } from "react";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { PlaceLink } from "../shell/place-link.tsx";
import { chosen, type Held } from "./chosen-thread.ts";

const EVERY_MS = 5_000;

/** Somebody whom it is worth to follow now; stays with one for a while. */
export function ThreadView({ valley }: { readonly valley: Valley }) {
  const asked = { worldId: valley.world.id, count: 10 };
  const { answer, problem } = useAsk(
    "threads",
    () => valley.world.rpc(NpcService).listThreads(asked),
    EVERY_MS,
  );
  const held = useRef<Held | undefined>(undefined);
  held.current = chosen(answer?.threads, held.current, performance.now());
  const thread = held.current?.thread;
  if (problem !== undefined) return <p role="alert">Whom to follow is not known: {problem}</p>;
  if (thread === undefined) return null;
  return (
    <p className="thread">
      {thread.text}. <PlaceLink to={{ room: "people", person: thread.npcId }}>Follow</PlaceLink>
    </p>
  );
}
