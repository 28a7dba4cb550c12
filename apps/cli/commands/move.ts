import { createLogger } from "@orrery/service";
import { Command, Option } from "commander";
import { printRows, progress } from "../print.ts";
import { type Broker, openBroker } from "../run/broker.ts";
import { noteBroker } from "../run/broker-note.ts";
import { moveBroker } from "../run/move-broker.ts";

const KINDS = ["embedded", "nats", "aws"] as const;
const DEFAULT_SERVERS = "127.0.0.1:4222";

interface Options {
  readonly from: Broker["kind"];
  readonly to: Broker["kind"];
  readonly fromServers: string;
  readonly toServers: string;
  readonly fromPrefix?: string;
  readonly toPrefix?: string;
  readonly data: string;
  readonly json?: boolean;
}

const brokerAt = (kind: Broker["kind"], servers: string, prefix: string | undefined): Broker => ({
  kind,
  servers: kind === "nats" && servers === "" ? DEFAULT_SERVERS : servers,
  ...(kind === "nats" && prefix !== undefined && { prefix }),
});

export const move = new Command("move")
  .description("carries what is on its way to another broker; Orrery must be stopped")
  .addOption(new Option("--from <kind>", "where it is").choices(KINDS).makeOptionMandatory())
  .addOption(new Option("--to <kind>", "where it shall be").choices(KINDS).makeOptionMandatory())
  .option("--from-servers <addresses>", "of nats, or an emulator's endpoint of aws", "")
  .option("--to-servers <addresses>", "of nats, or an emulator's endpoint of aws", "")
  .option("--from-prefix <name>", "of nats: what its streams are called by (default: orrery)")
  .option("--to-prefix <name>", "of nats: what its streams are called by (default: orrery)")
  .option("--data <folder>", "the data folder", process.env["ORRERY_DATA"] ?? ".orrery")
  .option("--json", "JSON lines on stdout")
  .action(async ({ from, to, fromServers, toServers, fromPrefix, toPrefix, data, json }: Options) => {
    const log = createLogger("warn");
    const source = await openBroker(brokerAt(from, fromServers, fromPrefix), data, log);
    try {
      const there = brokerAt(to, toServers, toPrefix);
      const target = await openBroker(there, data, log);
      try {
        const { givenUp = [], ...moved } = await moveBroker(source, target, progress());
        await noteBroker(data, there, target);
        printRows([{ from, to, ...moved, "given up": givenUp.length }], json);
        for (const { subscription, event, bytes, code } of givenUp)
          console.error(`${subscription}: ${event}, ${bytes} bytes, is a dead letter there: ${code}`);
        if (!json) console.error(`Start it there with \`orrery start --broker ${to}\`.`);
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  });
