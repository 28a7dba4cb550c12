import { type Pack, PackPart, type PackSection } from "@orrery/schema/world/v1";
import { checkSection, serviceErrors, wholePack } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Reader } from "../journal/read.ts";

/** An event that names a pack, as the journal of a world has it. */
interface Naming {
  readonly pack?: Pack | undefined;
  readonly sections: readonly PackSection[];
}

/** The sections that an event names, found from any other world's journal too. */
export const sectionsFrom = (world: string, { sections }: Naming): PackSection[] =>
  sections.map((section) => ({ ...section, world: section.world || world }));

/** The pack that an event names. @throws SERVICE_PACK_MISSING, SERVICE_PACK_TORN */
export const packIn = (reader: Reader, world: string, event: Naming): Promise<Pack | undefined> =>
  wholePack(event, async (named) => {
    const { section, publisher, first, parts } = named;
    const found = await reader.ofPublisher(named.world || world, publisher, first, first + parts - 1);
    if (found.length !== parts)
      throw new OrreryError(serviceErrors.SERVICE_PACK_MISSING, {
        given: `${found.length} of ${parts} parts of ${section} in the journal of ${named.world || world}`,
      });
    const bytes = found.map(({ payload }) => PackPart.decode(payload as Uint8Array).bytes);
    const whole = new Uint8Array(Buffer.concat(bytes));
    checkSection(named, whole);
    return whole;
  });
