import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Transport } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";
import { type Broker, placeOf } from "./broker.ts";

/** Which broker a data folder's events are on. */
interface Noted {
  readonly kind: Broker["kind"];
  /** Where, for people. */
  readonly where: string;
  /** What the broker itself keeps of it; empty: it keeps nothing. */
  readonly id: string;
}

const fileOf = (data: string) => join(data, "broker.json");

function readNoted(data: string): Noted | undefined {
  const file = fileOf(data);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Noted) : undefined;
}

function write(data: string, noted: Noted): void {
  writeFileSync(`${fileOf(data)}.new`, `${JSON.stringify(noted)}\n`, { flush: true });
  renameSync(`${fileOf(data)}.new`, fileOf(data));
}

/**
 * Holds the folder's broker against the one it is started with, so that nothing that waits on the one is passed over
 * on the other. The first start notes it on both sides.
 * @param anew take this broker for the folder's from now on: what the other one held is given up
 * @throws CLI_BROKER_OTHER
 */
export async function claimBroker(
  data: string,
  broker: Broker,
  transport: Transport,
  anew: boolean,
): Promise<void> {
  const noted = anew ? undefined : readNoted(data);
  const where = placeOf(broker);
  const refuse = (what: string) => {
    throw new OrreryError(cliErrors.CLI_BROKER_OTHER, {
      given: `the folder's events are on ${noted?.where}; ${where} ${what}`,
    });
  };
  if (noted !== undefined && noted.kind !== broker.kind) refuse("is another broker");
  const kept = await transport.identity?.get();
  if (noted !== undefined && noted.id !== "" && kept !== noted.id)
    refuse(kept === undefined ? "has nothing of them" : "has those of another folder");
  await noteBroker(data, broker, transport);
}

/** From now on the folder's events are there. */
export async function noteBroker(data: string, broker: Broker, transport: Transport): Promise<void> {
  const noted = readNoted(data);
  const kept = await transport.identity?.get();
  const id = kept ?? (noted?.kind === broker.kind && noted.id !== "" ? noted.id : randomUUID());
  // Also where it is there already: a broker that loses it gets it back from who has set it.
  await transport.identity?.set(id);
  write(data, {
    kind: broker.kind,
    where: placeOf(broker),
    id: transport.identity === undefined ? "" : id,
  });
}
