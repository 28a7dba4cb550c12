import type { ExplainRequest, ExplainResponseInit } from "@orrery/schema/performance/v1";
import type { Call } from "@orrery/service";
import { KNOBS, PRESET, turned } from "../control/knobs.ts";
import { waitsFor } from "../control/slow.ts";
import { sourcesOf } from "../resolve/messages.ts";
import { learnedName } from "../write/ground.ts";
import { keeper } from "../write/keeper.ts";
import { standing } from "./metrics.ts";
import { sessionAsked } from "./whom.ts";

export function explain(request: ExplainRequest, call: Call): ExplainResponseInit {
  const session = sessionAsked(call, request);
  const { situation } = standing(session, call);
  const { slow } = session.pulse;
  const { learned } = call.part(keeper).ground;
  const { deviceClass, engine, isAuto } = session.wants;
  return {
    decisions: [...session.kept.decisions],
    now: isAuto
      ? waitsFor(slow, call.kit.clock.now())
      : "the user chose the preset; the controller leaves it alone",
    knobs: [...KNOBS.map(({ name }) => name), PRESET].map((knob) => {
      const known = learned.get(learnedName(deviceClass, engine, knob));
      return {
        knob,
        useless: slow.useless.has(knob),
        turned: turned(knob, situation),
        ...(known && { learnedMs: known.ms }),
      };
    }),
    dwellS: slow.dwellS,
    sources: sourcesOf(situation),
  };
}
