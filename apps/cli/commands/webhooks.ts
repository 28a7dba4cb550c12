import {
  DeliveryState,
  type EndpointInfo,
  EndpointState,
  WebhookFormat,
  WebhookService,
} from "@orrery/schema/bus/v1";
import { Command } from "commander";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { ordinal, whole } from "../numbers.ts";
import { EXIT } from "../exit.ts";
import { printRows, wordOf } from "../print.ts";

const FORMATS = {
  structured: WebhookFormat.STRUCTURED,
  batch: WebhookFormat.BATCH,
  binary: WebhookFormat.BINARY,
} as const;

function rowOf(info: EndpointInfo | undefined) {
  return {
    id: info?.endpoint?.id,
    url: info?.endpoint?.url,
    state: wordOf(EndpointState, info?.state ?? 0),
    pending: info?.pending,
    dead: info?.dead,
    cursor: info?.cursor,
    reason: info?.reason,
  };
}

const ls = edgeCommand("ls", "endpoints and how they are").action(async (options: EdgeOptions) => {
  const { client } = await openEdge(options);
  const { endpoints } = await client(WebhookService).listEndpoints({});
  printRows(endpoints.map(rowOf), options.json);
});

interface Put extends EdgeOptions {
  readonly type?: string[];
  readonly format: keyof typeof FORMATS;
  readonly ordered: boolean;
  readonly personal: boolean;
  readonly rate: number;
  readonly timeout: number;
  readonly after?: number;
}

const put = edgeCommand("put", "makes an endpoint or changes one; a new one must then be verified")
  .argument("<id>", "a-z, 0-9 and -")
  .argument("<address>", "https://…")
  .option("--type <glob...>", "only these types: `weather.*`")
  .option("--format <format>", Object.keys(FORMATS).join(", "), "structured")
  .option("--ordered", "one at a time per key", false)
  .option("--personal", "it may read personal fields", false)
  .option("--rate <n>", "requests a second, 1..1000", whole(1, 1_000), 10)
  .option("--timeout <s>", "1..30", whole(1, 30), 10)
  .option("--after <ordinal>", "a new one begins after this place; default now", ordinal)
  .action(async (id: string, address: string, options: Put, command: Command) => {
    const format = FORMATS[options.format];
    if (format === undefined)
      command.error(`error: --format is one of ${Object.keys(FORMATS).join(", ")}`, { exitCode: EXIT.usage });
    const { world, client } = await openEdge(options);
    const { info, secret } = await client(WebhookService).putEndpoint({
      endpoint: {
        id,
        url: address,
        worldId: world,
        filter: { types: options.type ?? [] },
        format,
        ordered: options.ordered,
        personal: options.personal,
        ratePerS: options.rate,
        timeoutS: options.timeout,
      },
      ...(options.after !== undefined && { after: options.after }),
    });
    printRows([{ ...rowOf(info), ...(secret !== "" && { secret }) }], options.json);
  });

/** A call that answers with the endpoint as it then is. */
function change(name: "verify" | "pause" | "resume", description: string): Command {
  return edgeCommand(name, description)
    .argument("<id>")
    .action(async (id: string, options: EdgeOptions) => {
      const hooks = (await openEdge(options)).client(WebhookService);
      const { info } =
        name === "verify"
          ? await hooks.verifyEndpoint({ id })
          : name === "pause"
            ? await hooks.pauseEndpoint({ id })
            : await hooks.resumeEndpoint({ id });
      printRows([rowOf(info)], options.json);
    });
}

const rotate = edgeCommand("rotate", "a new secret; the one before signs for a day more")
  .argument("<id>")
  .action(async (id: string, options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const { secret, oldUntilMs } = await client(WebhookService).rotateSecret({ id });
    printRows([{ id, secret, "old until": new Date(oldUntilMs).toISOString() }], options.json);
  });

const test = edgeCommand("test", "sends one signed event that is none of the world's; exit 1 without a 2xx")
  .argument("<id>")
  .action(async (id: string, options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const { status, latencyMs, error } = await client(WebhookService).testEndpoint({ id });
    printRows([{ id, status, ms: latencyMs, error }], options.json);
    if (status < 200 || status > 299) process.exitCode = EXIT.fail;
  });

const deliveries = edgeCommand("deliveries", "the last hundred, newest first")
  .argument("<id>")
  .option("--dead", "only those that were given up", false)
  .action(async (id: string, options: EdgeOptions & { dead: boolean }) => {
    const { client } = await openEdge(options);
    const state = options.dead ? DeliveryState.DEAD : DeliveryState.UNSPECIFIED;
    const { deliveries: found } = await client(WebhookService).listDeliveries({ id, state });
    printRows(
      found.map(({ ordinal, event, state: of, attempts, status, latencyMs, error }) => ({
        ordinal,
        event: `${event?.publisher}/${event?.sequence}`,
        state: wordOf(DeliveryState, of),
        attempts,
        status,
        ms: latencyMs,
        error,
      })),
      options.json,
    );
  });

const redeliver = edgeCommand("redeliver", "sends events once more")
  .argument("<id>")
  .argument("<event...>", "<publisher>/<sequence>")
  .action(async (id: string, names: string[], options: EdgeOptions, command: Command) => {
    const events = names.map((name) => {
      const slash = name.lastIndexOf("/");
      const event = { publisher: name.slice(0, slash), sequence: Number(name.slice(slash + 1)) };
      if (slash < 1 || !Number.isInteger(event.sequence))
        command.error(`error: ${name} is no <publisher>/<sequence>`, { exitCode: EXIT.usage });
      return event;
    });
    const { client } = await openEdge(options);
    const { accepted } = await client(WebhookService).redeliver({ id, events });
    printRows([{ id, accepted }], options.json);
  });

const rm = edgeCommand("rm", "removes an endpoint with what it has still to get")
  .argument("<id>")
  .action(async (id: string, options: EdgeOptions) => {
    const { client } = await openEdge(options);
    await client(WebhookService).removeEndpoint({ id });
    printRows([{ removed: id }], options.json);
  });

export const webhook = new Command("webhook").description("Events for systems outside, signed.");
for (const command of [
  ls,
  put,
  change("verify", "asks the endpoint whether it wants events"),
  change("pause", "nothing is sent; where it stands is kept"),
  change("resume", "goes on where it stood"),
  rotate,
  test,
  deliveries,
  redeliver,
  rm,
])
  webhook.addCommand(command);
