/** From the process that is killed: something that is to have its effect. */
export interface Doing {
  readonly id: number;
  readonly key: string;
  /** `hold <execution>/<step>` */
  readonly effect: string;
}
export interface Done {
  readonly id: number;
  readonly refused: boolean;
}
/** To it. */
export type Ask =
  | { readonly ask: "start"; readonly workflowId: string; readonly ids: readonly string[] }
  | { readonly ask: "stand" };
/** How its executions stand, and whether their histories give the same again. */
export interface Stand {
  readonly open: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly compensated: readonly (readonly string[])[];
  readonly differing: number;
  readonly inputs: number;
}
export type Told =
  | { readonly told: "ready" }
  | { readonly told: "started" }
  | ({ readonly told: "stand" } & Stand)
  | { readonly told: "do"; readonly doing: Doing };
