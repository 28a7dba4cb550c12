declare module "pbf/compile" {
  export function compile(schema: unknown): Record<string, unknown>;
}
declare module "protocol-buffers-schema" {
  export function parse(source: string): unknown;
}
