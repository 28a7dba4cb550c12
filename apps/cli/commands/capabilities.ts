import { Command } from "commander";
import {
  Category,
  InstanceState,
  FeatureService,
  type FeatureDifference,
  type ParameterValue,
  Preset,
  RegistryService,
} from "@orrery/schema/capability/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { decimal, whole } from "../numbers.ts";
import { printRows, wordOf } from "../print.ts";
import { directiveOf, tagOf, targetCommand, type TargetOptions, targetOf } from "./capability-targets.ts";

const PAGE = 500;

/** All pages of a list. */
async function all<T>(page: (pageToken: string) => Promise<{ items: T[]; next: string }>): Promise<T[]> {
  const found: T[] = [];
  for (let token = ""; ; ) {
    const { items, next } = await page(token);
    found.push(...items);
    if (next === "") return found;
    token = next;
  }
}

const services = edgeCommand(
  "services",
  "instances of services: how they are and how loaded; exit 1 when what is heard and said does not fit together",
)
  .argument("[filter]", 'like: service = "router" and state = "ready"', "")
  .option("--expired", "also those of the last 5 minutes that are no more")
  .action(async (filter: string, options: EdgeOptions & { expired?: boolean }) => {
    const { client } = await openEdge(options);
    const registry = client(RegistryService);
    const { expired = false } = options;
    const instances = await all(async (pageToken) => {
      const page = await registry.listInstances({ filter, expired, pageSize: PAGE, pageToken });
      return { items: page.instances, next: page.nextPageToken };
    });
    printRows(
      instances.map(({ registration, state, load, sourceId }) => ({
        service: registration?.serviceId,
        state: wordOf(InstanceState, state),
        version: registration?.version,
        zone: registration?.zone,
        "in flight": load?.inFlight,
        "ms a call": load === undefined ? undefined : Math.round(load.ewmaMs * 100) / 100,
        errors: load?.errorRate,
        process: sourceId.slice(0, 8),
        instance: registration?.instanceId,
      })),
      options.json,
    );
    const { unpublished, fingerprints, suspicion } = await registry.getTopology({});
    for (const { serviceId, type } of unpublished)
      console.error(`${serviceId} hears ${type}, which nobody says.`);
    if (fingerprints.length > 1) console.error(`${fingerprints.length} kinds of contracts are in use.`);
    if (suspicion !== "") console.error(`No expiry is trusted: ${suspicion}.`);
    if (unpublished.length > 0 || fingerprints.length > 1) process.exitCode = EXIT.fail;
  });

const resolve = edgeCommand("resolve", "where a call could go now, best first")
  .argument("[filter]", 'like: type = "rpc" and name = "time.v1.TimeService"', "")
  .option("--zone <zone>", "where the caller is", "")
  .option("--latency <ms>", "not slower than this", decimal(0, 3_600_000), 0)
  .option("--cost <multiplier>", "not dearer than this", decimal(0, 1_000), 0)
  .option("--limit <n>", "at most so many", whole(1, 16), 16)
  .action(
    async (
      filter: string,
      options: EdgeOptions & { zone: string; latency: number; cost: number; limit: number },
    ) => {
      const { client } = await openEdge(options);
      const hints = { zone: options.zone, latencyBudgetMs: options.latency, maxCost: options.cost };
      const { candidates } = await client(RegistryService).resolve({ filter, hints, limit: options.limit });
      printRows(
        candidates.map(({ serviceId, capability, weight, score, state, endpoints, instanceId }) => ({
          service: serviceId,
          capability: capability?.name,
          weight,
          score,
          state: wordOf(InstanceState, state),
          address: endpoints.at(-1)?.address,
          instance: instanceId,
        })),
        options.json,
      );
    },
  );

const features = targetCommand("features", "what an engine's version can show").action(
  async (options: TargetOptions) => {
    const { client } = await openEdge(options);
    const { engineId = "", version = "", platform = "", preset, previews } = targetOf(options);
    const asked = {
      engineId,
      version,
      platform,
      preset: preset ?? Preset.UNSPECIFIED,
      previews: previews ?? false,
    };
    const service = client(FeatureService);
    const session = options.session ?? "";
    const offered = await all(async (pageToken) => {
      const page =
        session === ""
          ? await service.forVersion({ ...asked, pageSize: PAGE, pageToken })
          : await service.forSession({ ...asked, sessionId: session, pageSize: PAGE, pageToken });
      return { items: page.features, next: page.nextPageToken };
    });
    printRows(
      offered.map(({ key, category, deprecated, experimental, leastPreset, cost, enhanced, fallbacks }) => ({
        feature: key,
        category: wordOf(Category, category),
        from: wordOf(Preset, leastPreset),
        "gpu ms": cost?.gpuMs,
        "memory MB": cost?.memoryMb,
        note: [deprecated ? "deprecated" : "", experimental ? "experimental" : ""].filter(Boolean).join(" "),
        enhanced: enhanced.at(-1),
        "in its place": fallbacks.join(" "),
      })),
      options.json,
    );
  },
);

const diff = edgeCommand("diff", "how one version of an engine differs from another")
  .argument("<from>")
  .argument("<to>")
  .option("--engine <id>", "which engine", "unreal-engine")
  .action(async (from: string, to: string, options: EdgeOptions & { engine: string }) => {
    const { client } = await openEdge(options);
    const found = await client(FeatureService).diff({ engineId: options.engine, from, to });
    const rows = (what: string, list: readonly FeatureDifference[]) =>
      list.map(({ key, enhancements }) => ({
        change: what,
        feature: key,
        what: enhancements.map(({ version, what: brought }) => `${version} ${brought}`).join("; "),
      }));
    printRows(
      [
        ...rows("added", found.added),
        ...rows("enhanced", found.enhanced),
        ...rows("matured", found.matured),
        ...rows("experimental", found.experimental),
        ...rows("deprecated", found.deprecated),
        ...rows("restored", found.restored),
        ...rows("reduced", found.reduced),
        ...rows("removed", found.removed),
      ],
      options.json,
    );
  });

const matrix = edgeCommand("matrix", "features by platforms: from which preset on")
  .option("--engine <id>", "which engine", "unreal-engine")
  .option("--engine-version <version>", "default the engine's", "")
  .option("--previews", "also what only previews have")
  .action(async (options: EdgeOptions & { engine: string; engineVersion: string; previews?: boolean }) => {
    const { client } = await openEdge(options);
    const { engine: engineId, engineVersion: version, previews = false } = options;
    let platforms: readonly string[] = [];
    const rows = await all(async (pageToken) => {
      const page = await client(FeatureService).matrix({
        engineId,
        version,
        previews,
        pageSize: PAGE,
        pageToken,
      });
      ({ platforms } = page);
      return { items: page.rows, next: page.nextPageToken };
    });
    const word = (preset: Preset | undefined) =>
      preset === undefined || preset === Preset.UNSPECIFIED ? "-" : wordOf(Preset, preset);
    printRows(
      rows.map(({ key, leastPresets }) => ({
        feature: key,
        ...Object.fromEntries(platforms.map((platform, at) => [platform, word(leastPresets[at])])),
      })),
      options.json,
    );
  });

const suggest = targetCommand("suggest", "what would suit a moment, within a budget")
  .argument("[words...]", "a sentence, or nothing")
  .option("--tag <name=weight...>", "weight 0..1, like storm=0.9; alone: 1", tagOf)
  .option("--gpu-ms <ms>", "at most", decimal(0, 10_000))
  .option("--memory-mb <mb>", "at most", decimal(0, 1_000_000))
  .option("--limit <n>", "at most so many", whole(1, 10), 10)
  .action(
    async (
      words: string[],
      options: TargetOptions & {
        tag?: { name: string; weight: number }[];
        gpuMs?: number;
        memoryMb?: number;
        limit: number;
      },
    ) => {
      const { client } = await openEdge(options);
      const { gpuMs, memoryMb, tag: tags = [], limit } = options;
      const { directives, understood } = await client(FeatureService).suggest({
        target: targetOf(options),
        tags,
        text: words.join(" "),
        limit,
        budget: { ...(gpuMs !== undefined && { gpuMs }), ...(memoryMb !== undefined && { memoryMb }) },
      });
      if (words.length > 0 && !options.json)
        console.error(`Understood: ${understood.map(({ name }) => name).join(", ") || "nothing"}.`);
      printRows(
        directives.map(({ key, score, cost, why, parameters }) => ({
          feature: key,
          score,
          "gpu ms": cost?.gpuMs,
          "memory MB": cost?.memoryMb,
          parameters: parameters.map(({ name, value }) => `${name}=${shown(value)}`).join(" "),
          why,
        })),
        options.json,
      );
    },
  );

const check = targetCommand("check", "whether features can be shown; exit 1 when one cannot, with what could")
  .argument("<directive...>", "like niagara_particles or niagara_particles:intensity=0.8,kind=snow")
  .action(async (given: string[], options: TargetOptions) => {
    const { client } = await openEdge(options);
    const service = client(FeatureService);
    const directives = await Promise.all(given.map((text) => directiveOf(text, service)));
    const { ok, results } = await service.check({ target: targetOf(options), directives });
    printRows(
      results.map((result) => ({
        feature: result.key,
        ok: result.ok ? "yes" : "no",
        "in its place": result.fallback,
        reason: result.reason,
        code: result.code,
      })),
      options.json,
    );
    if (!ok) process.exitCode = EXIT.fail;
  });

const shown = (value: ParameterValue | undefined) => String(value?.value.value ?? "");

export const capabilities = new Command("capabilities").description(
  "What can be done now: which services are alive, and what engines can show.",
);
for (const command of [services, resolve, features, diff, matrix, suggest, check])
  capabilities.addCommand(command);
