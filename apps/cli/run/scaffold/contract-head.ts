/** How a file of a contract begins. */
export const contractHead = (domain: string, ...imports: readonly string[]) => `syntax = "proto3";

package ${domain}.v1;

${imports.map((file) => `import "${file}";`).join("\n")}
`;
