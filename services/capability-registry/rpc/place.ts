import { Preset, type Target } from "@orrery/schema/capability/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { engineCalled, knownVersion, offeredVersion, readVersion } from "../catalogue/engines.ts";
import { isMoving, readEngineVersion } from "@orrery/engine-version";
import type { Place } from "../catalogue/offer.ts";
import type { CatalogueState } from "../catalogue/state.ts";
import { capabilityErrors } from "../errors.ts";
import { sessionOf } from "../sessions/sessions.ts";

type About = Omit<Target, "$typeName" | "$unknown">;
const SWITCHES_MOST = 1_000;

/**
 * What a target has features of: its session's client, or what it says of itself.
 * @throws CAPABILITY_UNKNOWN_ENGINE, CAPABILITY_UNKNOWN_VERSION, CAPABILITY_VERSION_SYNTAX, CAPABILITY_UNKNOWN_SESSION
 */
export async function placeOf(state: CatalogueState, given: About | undefined, call: Call): Promise<Place> {
  const { sessionId = "", preset = Preset.UNSPECIFIED, switchedOff = [], previews = false } = given ?? {};
  if (switchedOff.length > SWITCHES_MOST)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `switched_off: ${switchedOff.length}, at most ${SWITCHES_MOST}`,
    });
  const about = { preset: preset || Preset.MEDIUM, switchedOff: new Set(switchedOff) };
  if (sessionId === "") {
    const engine = engineCalled(state.engines, given?.engineId ?? "");
    const { version } = knownVersion(engine, given?.version ?? "");
    return {
      ...about,
      engine,
      version: offeredVersion(engine, version, previews),
      platform: given?.platform ?? "",
    };
  }
  const session = await sessionOf(call.kit, sessionId);
  const isForeign = call.caller.role === "player" && session?.player !== call.caller.id;
  if (session === undefined || isForeign)
    throw new OrreryError(capabilityErrors.CAPABILITY_UNKNOWN_SESSION, { given: sessionId.slice(0, 80) });
  const engine = engineCalled(state.engines, session.engine);
  // A client may be of a version that nobody has made known: what ranges say counts for it too.
  const read = readEngineVersion(session.version);
  const version = read === undefined || isMoving(read) ? readVersion(engine.defaultVersion) : read.version;
  return {
    ...about,
    engine,
    version: offeredVersion(engine, version, previews),
    platform: session.platform,
  };
}
