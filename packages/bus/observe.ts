/** Labels of one series: `subscription`, `lane`, `reason` … */
export type Labels = Readonly<Record<string, string>>;

/** Where figures go; the service kit binds it to its metrics. Called per frame or rarer, never per event. */
export interface Observe {
  count(name: string, by: number, labels: Labels): void;
  gauge(name: string, value: number, labels: Labels): void;
}

export const unobserved: Observe = { count: () => {}, gauge: () => {} };

/** A logger's part that the bus needs; pino fits. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const unlogged: Log = { info: () => {}, warn: () => {}, error: () => {} };
