import { z } from "zod";

const id = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "a name of a-z, 0-9 and dashes");
const variable = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, "the name of a variable of the environment");
const channel = z.enum(["stable", "preview", "nightly"]);

const pattern = z.string().refine((text) => {
  try {
    return new RegExp(text).source.includes("(?<major>");
  } catch {
    return false;
  }
}, "a regular expression with a group named major");

const source = z
  .strictObject({
    id,
    kind: z.enum(["github-tags", "github-releases", "npm", "feed", "file", "push"]),
    /** Of a file: beside the one that names it. */
    url: z.string().default(""),
    token_env: variable.optional(),
    /** Of a push: its messages are signed with it. */
    secret_env: variable.optional(),
    interval_s: z.number().min(300).max(604_800).default(3_600),
  })
  .refine(({ kind, url }) => (kind === "push") === (url === ""), "a push has no url, everything else has one")
  .refine(
    ({ kind, url }) => kind === "push" || kind === "file" || /^https?:\/\//.test(url),
    "an address that begins with https://",
  )
  .refine(({ url }) => !URL.canParse(url) || new URL(url).username + new URL(url).password === "", {
    message: "an address without a name or password: a token goes into the variable that token_env names",
  });

/** What is watched, as engines.yaml has it. */
export const subjectShape = z.strictObject({
  id,
  title: z.string().min(1).max(100),
  kind: z.enum(["engine", "runtime", "library", "client"]),
  /** Absent: nobody knows what is in use. */
  current: z.string().optional(),
  channel: channel.default("stable"),
  approvals: z.number().int().min(1).max(3).default(1),
  runner: z.enum(["manual", "http", "command"]).default("manual"),
  suites: z.array(z.string().min(1).max(64)).max(64).default([]),
  clients: z.array(z.string()).default([]),
  ignore: z.array(z.strictObject({ range: z.string(), why: z.string().min(1) })).default([]),
  /** None: tags are read as engines call their versions. */
  tags: z.array(z.strictObject({ pattern, channel: channel.optional() })).default([]),
  features: z.record(z.string().regex(/^[a-z0-9_]{1,64}$/), z.array(z.string().min(2))).default({}),
  sources: z.array(source).max(500).default([]),
});

export type SubjectFile = z.output<typeof subjectShape>;
export type SourceFile = SubjectFile["sources"][number];
