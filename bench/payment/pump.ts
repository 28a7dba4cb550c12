// One hook pump for all: webhooks reach the service in any order, doubled, late, or never.
import type { StripeDouble } from "@orrery/payment/double";
import type { KilledService } from "./calls.ts";

export interface Pump {
  /** Takes what the double has told, and lets some of what waits go. */
  turn(): void;
  /** Lets all that waits go. */
  drain(): Promise<void>;
  readonly told: number;
  readonly lost: number;
  readonly doubled: number;
}

const LOST = 0.08;
const DOUBLED = 0.15;
const GOES = 0.5;

export function createPump(service: KilledService, double: StripeDouble, uniform: () => number): Pump {
  let waiting: Uint8Array[] = [];
  const going = new Set<Promise<unknown>>();
  let [told, lost, doubled] = [0, 0, 0];

  function take(): void {
    for (let hook = double.next(); hook !== undefined; hook = double.next()) {
      told += 1;
      if (uniform() < LOST) {
        lost += 1;
        continue;
      }
      waiting.push(hook.body);
      if (uniform() < DOUBLED) {
        doubled += 1;
        waiting.push(hook.body);
      }
    }
  }
  function send(body: Uint8Array): void {
    const headers = [{ name: "stripe-signature", value: double.sign(body) }];
    const sent = service.ask("hooks", "deliver", {
      name: "stripe",
      headers,
      body: Buffer.from(body).toString("base64"),
    });
    going.add(sent);
    void sent.finally(() => going.delete(sent));
  }
  return {
    turn() {
      take();
      const left: Uint8Array[] = [];
      for (const body of waiting.sort(() => uniform() - 0.5)) {
        if (uniform() < GOES) send(body);
        else left.push(body);
      }
      waiting = left;
    },
    async drain() {
      take();
      for (const body of waiting.splice(0)) send(body);
      await Promise.all(going);
    },
    get told() {
      return told;
    },
    get lost() {
      return lost;
    },
    get doubled() {
      return doubled;
    },
  };
}
