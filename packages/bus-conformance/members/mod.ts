import type { Broker } from "../broker.ts";
import type { Scene } from "../scene.ts";
import type { Member, MemberTerms } from "./member.ts";
import { playMember } from "./play.ts";
import { startProcess } from "./start-process.ts";

export type { Member, MemberTerms } from "./member.ts";

/** A member that can be killed and stopped: a process where the broker can be reached from one, else played. */
export function startMember(scene: Scene, terms: MemberTerms): Promise<Member> {
  const { elsewhere } = scene.broker;
  return elsewhere === undefined ? playMember(scene, terms) : startProcess(scene, elsewhere, terms);
}

export const lacksMembers = ({ elsewhere, simulated }: Broker): string | undefined =>
  elsewhere === undefined && simulated !== true ? "no way to have members in other processes" : undefined;
