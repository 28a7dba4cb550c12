import { createBus } from "@orrery/bus";
import type { Scene } from "../scene.ts";
import { createGate, gatedClock, gatedTransport } from "./gate.ts";
import type { Member, MemberTerms } from "./member.ts";
import { noteInto } from "./notes.ts";
import { dyingTransport, type MemberLife, subscribeMember } from "./subscribe.ts";

/** A member played in this process, on the broker's clock, for brokers that no other process can reach. */
export async function playMember(scene: Scene, terms: MemberTerms): Promise<Member> {
  const gate = createGate();
  const ended = Promise.withResolvers<void>();
  const enter = noteInto(scene.ledger, terms);
  const die = () => {
    gate.die();
    ended.resolve();
    return new Promise<never>(() => {});
  };
  const life: MemberLife = {
    terms,
    clock: gatedClock(scene.clock, gate),
    note: (note) => {
      if (!gate.dead) enter(note);
    },
    die,
  };
  const transport = dyingTransport(gatedTransport(await scene.connect(), gate), life);
  const bus = createBus({ transport, clock: life.clock });
  await subscribeMember(bus, life).ready;
  // Its processes end with it: what it still waits for never comes.
  scene.closing(async () => void die());
  return {
    name: terms.name,
    died: ended.promise,
    async kill() {
      void die();
    },
    stop: gate.stop,
    go: gate.go,
    async block(ms) {
      gate.stop();
      await scene.clock.sleep(ms);
      gate.go();
    },
  };
}
