import { createHash } from "node:crypto";
import { activeTraceparent, commandSpan, type Kit, serviceErrors } from "@orrery/service";
import {
  type Codec,
  encodeBytes,
  type EventId,
  type InitOf,
  type MessageOf,
  OrreryError,
  requireSubjects,
} from "@orrery/wire";
import { type Answer, createAnswers, keptUntil } from "./answers.ts";
import type { LongInputs } from "./long-inputs.ts";
import { answerPlace } from "./personal.ts";
import type { Handlers } from "./shard.ts";
import type { Written } from "./written.ts";

/** How a command came in; the moment is recorded with it. */
export interface CommandTerms {
  readonly caller: string;
  /** 8..64 characters; absent: the answer is not kept for repeats. */
  readonly idempotencyKey?: string;
}

/**
 * Runs a command and resolves when it is committed. A repeat with the same key gets the first answer, for 24 h or as long
 * as the command says beside its handler (`keep`).
 * @throws what the handler throws, RPC_IDEMPOTENCY_KEY, RPC_IDEMPOTENCY_REUSED, WORLD_UNKNOWN, WORLD_PARKED
 */
export type Commands = <Q extends Codec, R extends Codec>(
  world: string,
  request: Q,
  reply: R,
  given: InitOf<Q>,
  terms: CommandTerms,
) => Promise<{ readonly reply: MessageOf<R>; readonly events: readonly EventId[] }>;

interface Around {
  readonly kit: Kit;
  readonly handlers: Handlers;
  readonly written: (world: string) => Written;
  readonly changed: (world: string) => void;
  /** A handler took so long. */
  readonly took: LongInputs;
  readonly commit: (written: Written, answer?: Answer) => Promise<void>;
  /** Resolves when its shard may be used. */
  readonly whole: (written: Written) => Promise<void>;
  /** A handler refused or died. */
  readonly failed: (written: Written, method: string) => void;
}

const KEY_LENGTH = { least: 8, most: 64 };

export function createCommands({
  kit,
  handlers,
  written: writtenOf,
  changed,
  took,
  commit,
  whole,
  failed,
}: Around): Commands {
  const answers = createAnswers(kit);
  const running = new Map<string, Promise<unknown>>();

  async function take(written: Written, given: Parameters<Written["shard"]["takeCommand"]>[0]) {
    try {
      await whole(written);
      const beganMs = kit.clock.now();
      const done = written.shard.takeCommand(given);
      const tookMs = kit.clock.now() - beganMs;
      written.tail.ms += tookMs;
      took(written.facts.world, given.method, tookMs);
      return done;
    } catch (error) {
      failed(written, given.method);
      throw error;
    }
  }

  return async (world, request, reply, given, { caller, idempotencyKey: key = "" }) => {
    if (key !== "" && (key.length < KEY_LENGTH.least || key.length > KEY_LENGTH.most)) {
      throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_KEY, { given: `${key.length} characters` });
    }
    requireSubjects(request, given);
    const bytes = encodeBytes(request, given);
    const digest = createHash("sha256").update(request.typeName).update(bytes).digest("base64");
    const slot = `${world}\n${key}`;
    if (key !== "") {
      // The same key twice at once: the second waits for the first, then finds its answer.
      while (running.has(slot)) await running.get(slot)?.catch(() => {});
    }
    const work = commandSpan(kit.service, world, request.typeName, caller, async () => {
      const known = key === "" ? undefined : await answers.find(world, key, digest);
      if (known !== undefined) {
        const { bytes } = await kit.personal.openMessage(reply, known, answerPlace(key));
        return { reply: reply.decode(bytes) as MessageOf<typeof reply>, events: [] };
      }
      const written = writtenOf(world);
      const stampedMs = kit.hostMs();
      const done = await take(written, {
        method: request.typeName,
        request: bytes,
        caller,
        idempotencyKey: key,
        stampedMs,
        traceparent: activeTraceparent() ?? "",
      });
      changed(world);
      const until_ms = keptUntil(handlers.commands.get(request.typeName)?.keep, stampedMs);
      const row = { world, key, digest, reply: done.reply, until_ms };
      await commit(written, key === "" ? undefined : { row, codec: reply });
      return { reply: reply.decode(done.reply) as MessageOf<typeof reply>, events: done.events };
    });
    if (key === "") return work;
    running.set(slot, work);
    try {
      return await work;
    } finally {
      running.delete(slot);
    }
  };
}
