import { createLogger } from "@orrery/service";
import { Command, Option } from "commander";
import { printRows } from "../print.ts";
import { type Broker, openBroker } from "../run/broker.ts";
import { moveBroker } from "../run/move-broker.ts";

const KINDS = ["embedded", "nats", "aws"] as const;
const DEFAULT_SERVERS = "127.0.0.1:4222";

interface Options {
  readonly from: Broker["kind"];
  readonly to: Broker["kind"];
  readonly fromServers: string;
  readonly toServers: string;
  readonly data: string;
  readonly json?: boolean;
}

const atOf = (kind: Broker["kind"], servers: string): Broker => ({
  kind,
  servers: kind === "nats" && servers === "" ? DEFAULT_SERVERS : servers,
});

export const move = new Command("move")
  .description("carries what is on its way to another broker; Orrery must be stopped")
  .addOption(new Option("--from <kind>", "where it is").choices(KINDS).makeOptionMandatory())
  .addOption(new Option("--to <kind>", "where it shall be").choices(KINDS).makeOptionMandatory())
  .option("--from-servers <addresses>", "of nats, or an emulator's endpoint of aws", "")
  .option("--to-servers <addresses>", "of nats, or an emulator's endpoint of aws", "")
  .option("--data <folder>", "the data folder", process.env["ORRERY_DATA"] ?? ".orrery")
  .option("--json", "JSON lines on stdout")
  .action(async ({ from, to, fromServers, toServers, data, json }: Options) => {
    const log = createLogger("warn");
    const source = await openBroker(atOf(from, fromServers), data, log);
    try {
      const target = await openBroker(atOf(to, toServers), data, log);
      try {
        const moved = await moveBroker(source, target);
        printRows([{ from, to, ...moved }], json);
        if (!json) console.error(`Start it there with \`orrery start --broker ${to}\`.`);
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  });
