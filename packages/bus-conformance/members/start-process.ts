import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Elsewhere } from "../broker.ts";
import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Member, MemberTerms, Note } from "./member.ts";
import { noteInto } from "./notes.ts";

const LOOK_MS = 20;
const PIECE_BYTES = 65_536;

/** Reads whole lines that were added to a file since it last looked. */
function follow(file: string, line: (text: string) => void) {
  const fd = openSync(file, "a+");
  const piece = Buffer.alloc(PIECE_BYTES);
  let at = 0;
  let rest = "";
  return {
    look() {
      for (let size = -1; size !== 0; ) {
        size = readSync(fd, piece, 0, PIECE_BYTES, at);
        at += size;
        const lines = (rest + piece.toString("utf8", 0, size)).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach(line);
      }
    },
    close: () => closeSync(fd),
  };
}

/** A member that really is another process. Resolves when it has subscribed. */
export async function startProcess(scene: Scene, at: Elsewhere, terms: MemberTerms): Promise<Member> {
  const dir = mkdtempSync(join(tmpdir(), "orrery-member-"));
  const file = join(dir, "notes");
  const enter = noteInto(scene.ledger, terms);
  const notebook = follow(file, (text) => enter(JSON.parse(text) as Note));
  const program = fileURLToPath(import.meta.resolve("./process.ts"));
  const child = spawn(process.execPath, [program, file, JSON.stringify(at), JSON.stringify(terms)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const died = new Promise<void>((resolve) => child.once("exit", () => resolve())).then(notebook.look);
  const watch = setInterval(notebook.look, LOOK_MS);
  scene.closing(async () => {
    child.kill("SIGCONT");
    child.kill("SIGKILL");
    await died;
    clearInterval(watch);
    notebook.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const ready = new Promise<boolean>((resolve) => child.once("message", () => resolve(true)));
  demand(await Promise.race([ready, died.then(() => false)]), `${terms.name} did not start`);
  return {
    name: terms.name,
    died,
    async kill() {
      child.kill("SIGKILL");
      await died;
    },
    stop: () => void child.kill("SIGSTOP"),
    go: () => void child.kill("SIGCONT"),
    async block(ms) {
      child.send(ms);
      await scene.clock.sleep(ms);
    },
  };
}
