/**
 * zod, as one module of the parts that z6c uses. The package has a hundred modules, most of them in languages that z6c
 * does not speak, and to load them took a tenth of a short check's time (docs/design.md).
 */
// @ts-types="./parts.ts"
export * as z from "./zod.js";
