import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { TokenService } from "@orrery/schema/router/v1";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { issuedTokens } from "./token.ts";

let server: Server | undefined;
afterEach(() => server?.close());

/** An issuer whose clock is `aheadMs` before this machine's, and what it was asked. */
async function issuer(answers: { refuses?: Code; aheadMs?: number; lifeMs?: number } = {}) {
  const asked: string[] = [];
  const give = (what: string) => {
    asked.push(what);
    if (answers.refuses !== undefined) throw new ConnectError("no", answers.refuses);
    const iat = (Date.now() - (answers.aheadMs ?? 0)) / 1000;
    const exp = iat + (answers.lifeMs ?? 900_000) / 1000;
    const token = `h.${btoa(JSON.stringify({ iat, exp, jti: asked.length }))}.s`;
    return { token, refreshToken: `r${asked.length}`, expiresMs: exp * 1000 };
  };
  const routes = (router: ConnectRouter) =>
    router.service(TokenService, {
      issue: ({ deviceSecret }) => ({
        ...give(`issue ${deviceSecret}`),
        deviceSecret: deviceSecret || "secret-1",
      }),
      refresh: ({ refreshToken }) => give(`refresh ${refreshToken}`),
    });
  const made = createServer(connectNodeAdapter({ routes }));
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}`, asked };
}

it("a token is kept for its own length of life, though the issuer's clock is hours away", async () => {
  for (const aheadMs of [-7_200_000, 7_200_000]) {
    const { url, asked } = await issuer({ aheadMs });
    const tokens = issuedTokens(url, "d");
    expect(await tokens({ fresh: false })).toBe(await tokens({ fresh: false }));
    expect(asked).toEqual(["issue "]);
    await tokens({ fresh: true });
    expect(asked).toEqual(["issue ", "refresh r1"]);
    server?.close();
  }
});

it("a token that ends soon is refreshed", async () => {
  const { url, asked } = await issuer({ lifeMs: 30_000 });
  const tokens = issuedTokens(url, "d");
  await tokens({ fresh: false });
  await tokens({ fresh: false });
  expect(asked).toEqual(["issue ", "refresh r1"]);
});

it("a guest is the same one at the next start if its secret was kept", async () => {
  const { url, asked } = await issuer();
  let kept = "";
  const guest = { load: () => kept, save: (secret: string) => void (kept = secret) };
  await issuedTokens(url, "d", "", guest)({ fresh: false });
  await issuedTokens(url, "d", "", guest)({ fresh: false });
  expect(asked).toEqual(["issue ", "issue secret-1"]);
});

it.each([
  [Code.Unauthenticated, "CLIENT_TOKEN"],
  [Code.PermissionDenied, "CLIENT_TOKEN"],
  [Code.Unavailable, "CLIENT_UNREACHABLE"],
  [Code.ResourceExhausted, "CLIENT_UNREACHABLE"],
])("an issuer's refusal is final or not by its code: %s is %s", async (refuses, code) => {
  const { url } = await issuer({ refuses });
  await expect(issuedTokens(url, "d")({ fresh: false })).rejects.toMatchObject({ code });
});

it("an address with a slash behind it, and one where nobody answers", async () => {
  const { url } = await issuer();
  await expect(issuedTokens(`${url}/`, "d")({ fresh: false })).resolves.toMatch(/^h\./);
  server?.close();
  server?.closeAllConnections();
  await expect(issuedTokens(url, "d")({ fresh: false })).rejects.toMatchObject({
    code: "CLIENT_UNREACHABLE",
  });
});
