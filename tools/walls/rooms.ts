/** A room of the repository: a folder whose code may import from some other rooms, and from nowhere else here. */
export interface Room {
  /** From the root; a name ending in `*` stands for each folder there, which are rooms of their own. */
  readonly folder: string;
  /** Rooms that it sees besides itself; `services/*`: every one of them. */
  readonly sees: readonly string[];
  /** What its tests and testing kits see besides. */
  readonly testsSee?: readonly string[];
  /** Its code runs in browsers: nothing of Node's, but in these files, which run when it is built. */
  readonly browser?: { readonly built: readonly string[] };
}

const SCHEMA = ["schema", "packages/wire"];
const BUS = [...SCHEMA, "packages/bus"];
const SERVICE = [...BUS, "packages/targets", "packages/service"];

/** The one table of who sees whom. Services meet only in the schema. */
export const ROOMS: readonly Room[] = [
  { folder: "schema", sees: ["packages/wire"] },
  { folder: "packages/wire", sees: ["schema"] },
  { folder: "packages/protoc-gen-wire", sees: [] },
  { folder: "packages/bus", sees: SCHEMA },
  { folder: "packages/bus-nats", sees: BUS },
  { folder: "packages/bus-aws", sees: BUS },
  {
    folder: "packages/bus-conformance",
    sees: ["packages/wire", "packages/bus", "packages/bus-nats", "packages/bus-aws"],
  },
  { folder: "packages/targets", sees: ["packages/wire"] },
  { folder: "packages/service", sees: [...BUS, "packages/targets"], testsSee: ["tools"] },
  { folder: "packages/simulation", sees: SERVICE, testsSee: ["tools"] },
  { folder: "packages/pack", sees: SCHEMA },
  { folder: "packages/engine-version", sees: [], browser: { built: [] } },
  { folder: "packages/frame-times", sees: [], browser: { built: [] } },
  { folder: "packages/atlas", sees: SCHEMA, browser: { built: [] } },
  { folder: "packages/npc-mind", sees: [...SCHEMA, "packages/atlas"], browser: { built: [] } },
  { folder: "packages/economy", sees: SCHEMA, browser: { built: [] } },
  { folder: "packages/flags", sees: SERVICE },
  { folder: "packages/content-policy", sees: SCHEMA },
  {
    folder: "packages/politics",
    sees: [...SCHEMA, "packages/npc-mind"],
    testsSee: ["packages/pack", "packages/economy"],
    browser: { built: [] },
  },
  { folder: "packages/client", sees: [...SCHEMA, "packages/frame-times"], browser: { built: [] } },
  {
    folder: "services/*",
    sees: [
      ...SERVICE,
      "packages/simulation",
      "packages/pack",
      "packages/atlas",
      "packages/npc-mind",
      "packages/economy",
      "packages/politics",
      "packages/flags",
      "packages/content-policy",
      "packages/engine-version",
      "packages/frame-times",
    ],
    testsSee: ["tools", "packages/client"],
  },
  {
    folder: "apps/cli",
    sees: [
      ...SERVICE,
      "packages/simulation",
      "packages/pack",
      "packages/atlas",
      "packages/npc-mind",
      "packages/economy",
      "packages/politics",
      "packages/flags",
      "packages/content-policy",
      "packages/bus-nats",
      "packages/bus-aws",
      "packages/client",
      "services/*",
    ],
  },
  {
    folder: "apps/console",
    sees: [...SCHEMA, "packages/client", "packages/atlas"],
    testsSee: ["apps/cli"],
    browser: { built: ["apps/console/vite.config.ts", "apps/console/screenshots.ts"] },
  },
  {
    folder: "bench",
    sees: [
      ...SERVICE,
      "packages/simulation",
      "packages/pack",
      "packages/atlas",
      "packages/npc-mind",
      "packages/economy",
      "packages/politics",
      "packages/flags",
      "packages/content-policy",
      "packages/client",
      "packages/bus-nats",
      "packages/bus-aws",
      "packages/bus-conformance",
      "services/*",
      "apps/cli",
      "tools",
    ],
  },
  { folder: "claims", sees: ["bench"] },
  { folder: "tools", sees: ["packages/wire", "packages/service", "schema"] },
];

/** Tests, and what stands beside them to be shared. */
const TESTING = /(\.test\.tsx?|[./]testing\.ts|\/testing\/.*)$/;

export const isTesting = (file: string): boolean => TESTING.test(file);

/** The room of a file, and its folder as it is: of `services/*` the service's own. Undefined: it stands in none. */
export function roomOf(file: string): { readonly room: Room; readonly folder: string } | undefined {
  for (const room of ROOMS) {
    const depth = room.folder.split("/").length;
    const folder = file.split("/").slice(0, depth).join("/");
    const fits = room.folder.endsWith("/*")
      ? folder.startsWith(room.folder.slice(0, -1)) && folder.split("/").length === depth
      : folder === room.folder;
    if (fits) return { room, folder };
  }
  return undefined;
}
