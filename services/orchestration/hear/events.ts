import { create } from "@bufbuild/protobuf";
import { HeardInputSchema } from "@orrery/schema/orchestration/v1";
import { TimerFired } from "@orrery/schema/time/v1";
import { durableSubscription, type Part, serviceErrors } from "@orrery/service";
import { type Codec, OrreryError } from "@orrery/wire";
import type { Executions } from "../executions.ts";
import type { Definition } from "../engine/definition.ts";
import type { OrchestrationTables } from "../store/rows.ts";

/** Brings steps what they wait for on the bus: the types are those that definitions name, and timers of the game. */
export function eventsOf(definitions: readonly Definition[], executions: Part<Executions>): Part<void> {
  const steps = definitions.flatMap(({ steps }) =>
    Object.values(steps).flatMap((step) => (step.kind === "event" ? [step] : [])),
  );
  const codecs = new Map<string, Codec>(steps.map(({ codec }) => [codec.typeName, codec]));
  const hears = {
    name: "events",
    subscribes: [...new Set([TimerFired.typeName, ...codecs.keys()])],
    durable: { order: "key" },
  } as const;
  return {
    ...hears,
    publishes: [],
    async start(kit) {
      const own = kit.part(executions);
      const db = kit.store.as<OrchestrationTables>();
      const tell = (execution: string, stepId: string, type: string, event: Uint8Array) => {
        const value = create(HeardInputSchema, { stepId, type, event });
        return own.submit((sheet) => sheet.tell(execution, { case: "heard", value }));
      };
      const subscription = kit.bus.subscribe({
        ...durableSubscription(kit, hears),
        async handle(event) {
          if (!own.active)
            throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: "the executions" });
          if (event.type === TimerFired.typeName) {
            const { owner, timerId } = event.decode(TimerFired);
            const at = timerId.lastIndexOf("/");
            if (owner === kit.service && at > 0)
              await tell(timerId.slice(0, at), timerId.slice(at + 1), event.type, new Uint8Array());
          }
          const codec = codecs.get(event.type);
          if (codec === undefined) return;
          const message = event.decode(codec);
          const abouts = [
            ...new Set(steps.filter((step) => step.codec === codec).map(({ names }) => names(message))),
          ];
          const rows = await db
            .selectFrom("awaited")
            .selectAll()
            .where("type", "=", event.type)
            .where("about", "in", abouts)
            .execute();
          for (const { execution, step } of rows)
            await tell(execution, step, event.type, event.payload.slice());
        },
      });
      await subscription.ready;
      return { handle: undefined, stop: async () => void (await subscription.drain()) };
    },
  };
}
