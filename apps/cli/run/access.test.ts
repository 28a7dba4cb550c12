import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DescMethod, getOption } from "@bufbuild/protobuf";
import { Caller, rpc } from "@orrery/schema/orrery";
import { services } from "@orrery/schema/registry";
import { TokenService } from "@orrery/schema/router/v1";
import type { Host } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorldInMemory } from "./world.testing.ts";

/*
 * Every method of every contract, called over HTTP as everybody who could try: what the schema declares is what
 * happens. Requests are empty, so a call that is let in may well be refused for what it asks.
 */
const data = mkdtempSync(join(tmpdir(), "orrery-access-"));
let host: Host;

beforeAll(async () => {
  host = await startWorldInMemory("vale", 60, data);
});

afterAll(async () => {
  await host.stop();
  rmSync(data, { recursive: true });
});

const methods = services.flatMap((service) => service.methods);
const nameOf = (method: DescMethod) => `${method.parent.typeName}/${method.name}`;
const OUTSIDE: readonly Caller[] = [Caller.ANYONE, Caller.PLAYER, Caller.ADMIN];

/** Each call has a caller of its own: one of the methods ends all of a player's tokens, another makes a new key. */
async function tokenOf(as: string): Promise<string> {
  const issuer = host.directory.client(TokenService, { role: "anyone", id: "", scopes: [] });
  const adminSecret = readFileSync(join(data, "router", "admin-secret"), "utf8").trim();
  const { token } = await issuer.issue({ deviceId: "d", ...(as === "admin" && { adminSecret }) });
  return token;
}

/** What the door says to a call: `in`, or why not. Whoever is not known may not knock at every door at once. */
async function knock(method: DescMethod, as: string, body: object, headers = {}): Promise<string> {
  for (;;) {
    const answer = await knockOnce(method, as, body, headers);
    if (answer !== "too often") return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function knockOnce(method: DescMethod, as: string, body: object, headers = {}): Promise<string> {
  const stream = method.methodKind === "server_streaming";
  const token = as === "nobody" ? undefined : await tokenOf(as);
  const stop = new AbortController();
  const text = JSON.stringify(body);
  const envelope = Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), Buffer.from(text)]);
  const answer = fetch(`${host.url}/${nameOf(method)}`, {
    method: "POST",
    headers: {
      "content-type": stream ? "application/connect+json" : "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: stream ? envelope : text,
    signal: stop.signal,
  });
  answer.catch(() => {});
  // A stream that is let in may have nothing to say yet.
  const response = await Promise.race([answer, ...(stream ? [quiet()] : [])]);
  if (response === undefined) {
    stop.abort();
    return "in";
  }
  const reader = response.body?.getReader();
  const read = await Promise.race([reader?.read(), quiet()]);
  stop.abort();
  const said = Buffer.from(read?.value ?? []).toString();
  if (response.status === 404 && /not found/i.test(said)) return "not there";
  if (/ROUTER_RATE_LIMITED/.test(said)) return "too often";
  if (/ROUTER_TOKEN_(MISSING|EXPIRED)/.test(said)) return "no token";
  return /RPC_CALLER_REFUSED|RPC_SCOPE_MISSING|RPC_NOT_SELF/.exec(said)?.[0] ?? "in";
}

const quiet = () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 500));

function declared(method: DescMethod, as: "nobody" | "player" | "admin"): string[] {
  const { callers, scope } = getOption(method, rpc);
  if (!callers.some((caller) => OUTSIDE.includes(caller))) return ["not there"];
  if (callers.includes(Caller.ANYONE)) return ["in"];
  if (as === "nobody") return ["no token"];
  if (!callers.includes(as === "player" ? Caller.PLAYER : Caller.ADMIN)) return ["RPC_CALLER_REFUSED"];
  return as === "player" && scope !== "" && scope !== "world:observe" ? ["RPC_SCOPE_MISSING"] : ["in"];
}

describe("what a method declares is what happens", () => {
  it("covers every contract", () => expect(methods.length).toBeGreaterThan(40));

  for (const as of ["nobody", "player", "admin"] as const) {
    it(`to ${as}`, async () => {
      for (const method of methods) {
        expect(declared(method, as), `${nameOf(method)} as ${as}`).toContain(await knock(method, as, {}));
      }
    }, 30_000);
  }

  it("to a player who says that it is another one, or a service", async () => {
    for (const method of methods) {
      const { self, callers } = getOption(method, rpc);
      const claims = { "orrery-caller": "service:event-bus", "orrery-scopes": "time:skip" };
      expect(declared(method, "player"), nameOf(method)).toContain(await knock(method, "player", {}, claims));
      if (self === "" || callers.includes(Caller.ANYONE)) continue;
      const field = method.input.fields.find(({ name }) => name === self)?.jsonName ?? "";
      expect(await knock(method, "player", { [field]: "player:you" })).toBe("RPC_NOT_SELF");
    }
  }, 30_000);
});
