import type { Edge } from "@orrery/cli/edge.ts";
import { ExportFormat, JournalService } from "@orrery/schema/bus/v1";
import { WeatherSevere } from "@orrery/schema/weather/v1";
import { openFrame } from "@orrery/wire";

const LENGTH_BYTES = 4;

/** Every WeatherSevere that the journal of a world has, as `publisher/sequence`, with its region. */
export async function exported(edge: Edge, worldId: string): Promise<Map<string, string>> {
  const filter = { types: [WeatherSevere.typeName] };
  const request = { worldId, filter, format: ExportFormat.FRAMES };
  const found = new Map<string, string>();
  for await (const { piece } of edge.client(JournalService).export(request)) {
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let at = 0; at < piece.length; ) {
      const length = view.getUint32(at, true);
      const frame = openFrame(piece.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length));
      for (const event of frame.events())
        found.set(`${frame.publisher}/${event.sequence}`, event.decode(WeatherSevere).regionId);
      at += LENGTH_BYTES + length;
    }
  }
  return found;
}
