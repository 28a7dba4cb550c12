import { busErrors, type Topic } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import type { Subscriptions } from "./known.ts";
import type { Names } from "./names.ts";
import type { Resolved } from "./options.ts";
import { domainsOf, domainTag, PREFIX } from "./tags.ts";
import type { Topics } from "./topics.ts";

/** Topics that this process publishes to. */
export interface Streams {
  /** Makes or checks it, attaches every subscription, notes that the domain was published; answers its ARN. */
  ready(topic: Topic, domain: string): Promise<string>;
  ensure(topic: Topic): Promise<string>;
  /** It turned out to be gone. */
  forget(topic: Topic): void;
}

interface Open {
  readonly arn: string;
  readonly domains: Map<string, Promise<void>>;
}

export function createStreams(
  topics: Topics,
  subscriptions: Subscriptions,
  names: Names,
  options: Resolved,
  now: () => number,
): Streams {
  const open = new Map<string, Promise<Open>>();

  async function make(name: string): Promise<Open> {
    if (options.topology === "check") {
      const found = (await topics.list()).find((arn) => arn.endsWith(`:${name}`));
      if (found === undefined) throw new OrreryError(busErrors.BUS_TOPIC_MISSING, { given: name });
      return opened(found);
    }
    const arn = await topics.create(name);
    await topics.tag(arn, { [PREFIX]: names.prefix });
    // Whoever subscribed before this topic was made attaches to it here, whoever subscribes later does so itself.
    await subscriptions.attachAll(arn);
    return opened(arn);
  }

  async function opened(arn: string): Promise<Open> {
    const published = domainsOf(await topics.tags(arn));
    return { arn, domains: new Map(published.map((domain) => [domain, Promise.resolve()])) };
  }

  function of(topic: Topic): Promise<Open> {
    const name = names.topic(topic);
    let made = open.get(name);
    if (made === undefined) {
      open.set(name, (made = make(name)));
      made.catch(() => open.delete(name));
    }
    return made;
  }

  return {
    async ready(topic, domain) {
      const { arn, domains } = await of(topic);
      let noted = domains.get(domain);
      if (noted === undefined) {
        const tagged = topics.tag(arn, { [domainTag(domain)]: String(Math.floor(now())) });
        noted = tagged.then(() => undefined);
        domains.set(domain, noted);
        noted.catch(() => domains.delete(domain));
      }
      await noted;
      return arn;
    },
    ensure: async (topic) => (await of(topic)).arn,
    forget: (topic) => void open.delete(names.topic(topic)),
  };
}
