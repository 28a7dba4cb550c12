import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  DecisionKind,
  DeviceClass,
  Lane,
  Layer,
  Mode,
  PerformanceService,
  Preset,
} from "@orrery/schema/performance/v1";
import { OrreryError } from "@orrery/wire";
import { Argument, Command, Option } from "commander";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { decimal } from "../numbers.ts";
import { printRows, wordOf } from "../print.ts";

const PAGE = 500;
const MODES = { immersive: Mode.IMMERSIVE, competitive: Mode.COMPETITIVE };
const PRESETS = {
  low: Preset.LOW,
  medium: Preset.MEDIUM,
  high: Preset.HIGH,
  ultra: Preset.ULTRA,
  auto: Preset.AUTO,
};
const CLASSES = Object.fromEntries(
  Object.entries(DeviceClass).map(([name, value]) => [value === 0 ? "every" : name.toLowerCase(), value]),
) as Readonly<Record<string, DeviceClass>>;
const ms = (value: number) => Math.round(value * 100) / 100;

const ls = edgeCommand("ls", "who plays in which mode, and by what their frames are bound").action(
  async (options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const rows = [];
    for (let pageToken = "", more = true; more; more = pageToken !== "") {
      const asked = { worldId: options.world ?? "", pageSize: PAGE, pageToken };
      const page = await client(PerformanceService).listSessions(asked);
      for (const one of page.sessions)
        rows.push({
          ...{ player: one.playerId, device: one.deviceId, class: wordOf(DeviceClass, one.deviceClass) },
          mode: wordOf(Mode, one.mode),
          preset: `${wordOf(Preset, one.preset)}${one.auto ? " (auto)" : ""}`,
          target: one.targetFps,
          "p95 ms": one.p95Ms === 0 ? undefined : ms(one.p95Ms),
          bound: one.bound === Lane.UNSPECIFIED ? "" : wordOf(Lane, one.bound),
          "of budget": one.ratio === 0 ? undefined : ms(one.ratio),
          over: one.exceeded.map((lane) => wordOf(Lane, lane)).join(" "),
          "events Hz": one.clientEventHz,
          "people in full": one.npcFullCap,
          why: one.why,
        });
      pageToken = page.nextPageToken;
    }
    printRows(rows, options.json);
  },
);

const matrix = edgeCommand("matrix", "what every mode and preset is").action(async (options: EdgeOptions) => {
  const { client } = await openEdge(options);
  const { cells, fields } = await client(PerformanceService).listMatrix({});
  printRows(
    fields.map(({ field, names }) => {
      const key = field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const cellsOf = cells.map(({ mode, preset, config }) => {
        const value = Number((config as unknown as Record<string, number>)[key]);
        return [`${wordOf(Mode, mode).slice(0, 4)} ${wordOf(Preset, preset)}`, names[value] ?? value];
      });
      return { field, ...Object.fromEntries(cellsOf) };
    }),
    options.json,
  );
});

const budgets = edgeCommand("budgets", "what a frame of a player may take, and what it takes")
  .argument("<player>")
  .action(async (playerId: string, options: EdgeOptions) => {
    const { client } = await openEdge(options);
    const { lanes, targetMs, fps, onePercentLowFps } = await client(PerformanceService).getMetrics({
      playerId,
    });
    if (!options.json)
      console.error(
        `${ms(fps)} fps, ${ms(onePercentLowFps)} in the slowest hundredth; a frame has ${ms(targetMs)} ms`,
      );
    printRows(
      lanes.map(({ lane, p95Ms, p99Ms, budgetMs, exceeded, worstChild }) => ({
        lane: wordOf(Lane, lane),
        "p95 ms": ms(p95Ms),
        "p99 ms": ms(p99Ms),
        "budget ms": ms(budgetMs),
        over: exceeded ? "yes" : "",
        "furthest over": worstChild,
      })),
      options.json,
    );
  });

const explain = edgeCommand("explain", "what the controller decided for a player and why, and what holds")
  .argument("<player>")
  .option("--fields", "where the value of each field comes from, instead of the decisions")
  .action(async (playerId: string, options: EdgeOptions & { fields?: boolean }) => {
    const { client } = await openEdge(options);
    const { decisions, now, sources } = await client(PerformanceService).explain({ playerId });
    if (options.fields)
      return printRows(
        sources.map(({ field, value, winner, layers }) => ({
          field,
          value,
          from: wordOf(Layer, winner),
          others: layers
            .filter(({ lost }) => lost !== "")
            .map(({ layer, value: own, lost }) => `${wordOf(Layer, layer)} ${ms(own)}: ${lost}`)
            .join("; "),
        })),
        options.json,
      );
    if (!options.json) console.error(`Now: ${now}.`);
    printRows(
      decisions.map(({ atMs, kind, knob, bound, ratio, why }) => ({
        at: new Date(atMs).toISOString(),
        what: wordOf(DecisionKind, kind).replaceAll("_", " "),
        knob,
        bound: wordOf(Lane, bound),
        "of budget": ms(ratio),
        why,
      })),
      options.json,
    );
  });

const set = edgeCommand("set", "sets the mode, preset or target of a player's device")
  .argument("<player>")
  .addOption(new Option("--mode <mode>", "which").choices(Object.keys(MODES)))
  .addOption(new Option("--preset <preset>", "auto lets the controller choose").choices(Object.keys(PRESETS)))
  .option("--target <fps>", "frames a second", decimal(30, 500))
  .option("--device <id>", "which device; default the one that was there last", "")
  .action(
    async (
      playerId: string,
      options: EdgeOptions & {
        mode?: keyof typeof MODES;
        preset?: keyof typeof PRESETS;
        target?: number;
        device: string;
      },
    ) => {
      const { client } = await openEdge(options);
      const { config } = await client(PerformanceService).setMode({
        playerId,
        deviceId: options.device,
        ...(options.mode && { mode: MODES[options.mode] }),
        ...(options.preset && { preset: PRESETS[options.preset] }),
        ...(options.target !== undefined && { targetFps: options.target }),
        idempotencyKey: randomUUID(),
      });
      const { mode = Mode.UNSPECIFIED, preset = Preset.UNSPECIFIED, auto, targetFps } = config ?? {};
      printRows(
        [
          {
            player: playerId,
            mode: wordOf(Mode, mode),
            preset: wordOf(Preset, preset),
            auto,
            target: targetFps,
          },
        ],
        options.json,
      );
    },
  );

const lock = edgeCommand("lock", "holds a field to a most, whatever users and the controller say")
  .argument("<field>", "as `performance matrix` names it")
  .addArgument(new Argument("[max]", "leave it out to end the lock").argParser(decimal(0, 100_000)))
  .addOption(new Option("--class <class>", "of which devices").choices(Object.keys(CLASSES)).default("every"))
  .action(async (field: string, max: number | undefined, options: EdgeOptions & { class: string }) => {
    const { client } = await openEdge(options);
    const { locks, changed } = await client(PerformanceService).lockField({
      deviceClass: CLASSES[options.class] ?? DeviceClass.UNSPECIFIED,
      field,
      ...(max !== undefined && { max }),
      idempotencyKey: randomUUID(),
    });
    if (!options.json) console.error(`${changed} open sessions show something else by it.`);
    printRows(
      locks.map((one) => ({
        class: one.deviceClass === 0 ? "every" : wordOf(DeviceClass, one.deviceClass),
        field: one.field,
        max: one.max,
      })),
      options.json,
    );
  });

const capture = edgeCommand("capture", "holds a capture against the budget of a mode; exit 1 when it is over")
  .argument("<capture>", "a file, or the name of one that comes with the service")
  .addOption(new Option("--mode <mode>", "which").choices(Object.keys(MODES)).default("competitive"))
  .option("--target <fps>", "frames a second; default the budget's own", decimal(30, 500), 0)
  .action(async (name: string, options: EdgeOptions & { mode: keyof typeof MODES; target: number }) => {
    const { captureIn } = await import("@orrery/performance-mode/capture");
    const isFile = /[./]/.test(name);
    const windows = isFile ? [...captureIn(readFileSync(name, "utf8"))] : [];
    const { client } = await openEdge(options);
    const { pass, nodes } = await client(PerformanceService).evaluateCapture({
      mode: MODES[options.mode],
      capture: isFile ? "" : name,
      windows,
      targetFps: options.target,
    });
    printRows(
      nodes.map((node) => ({
        node: node.node,
        "p95 ms": ms(node.p95Ms),
        "budget ms": ms(node.budgetMs),
        verdict: node.pass ? "within" : "over",
      })),
      options.json,
    );
    if (!pass) process.exitCode = EXIT.fail;
  });

const check = new Command("check")
  .description("whether matrix and budgets can be used: every cell there, every sum right; exit 1 when not")
  .option("--folder <folder>", "matrix.yaml and budgets.yaml of your own instead of those that come with it")
  .option("--json", "JSON lines on stdout")
  .action(async (options: { folder?: string; json?: boolean }) => {
    try {
      const { readShipped } = await import("@orrery/performance-mode/check");
      const { matrix: read, trees } = await readShipped(options.folder);
      printRows(
        [{ matrix: `version ${read.version}`, "budget trees": trees.size, verdict: "pass" }],
        options.json,
      );
    } catch (error) {
      if (!(error instanceof OrreryError)) throw error;
      printRows([{ matrix: error.code, "budget trees": error.given ?? "", verdict: "fail" }], options.json);
      process.exitCode = EXIT.fail;
    }
  });

export const performance = new Command("performance")
  .description("modes and frame budgets of clients, and what the controller does")
  .addCommand(ls)
  .addCommand(budgets)
  .addCommand(explain)
  .addCommand(set)
  .addCommand(lock)
  .addCommand(matrix)
  .addCommand(capture)
  .addCommand(check);
