/**
 * Glue, as it is called.
 *
 * @module
 */

/** Makes an instance of one core module. */
export type InstantiateCore = (
  module: WebAssembly.Module,
  imports?: WebAssembly.Imports,
) => { readonly exports: WebAssembly.Exports };

/** What a component exports: functions by name, and interfaces of them. */
export type GlueExports = Readonly<
  Record<string, GlueFunction | Readonly<Record<string, GlueFunction>>>
>;

/** An exported function. It throws what an error of its result carries. */
export type GlueFunction = () => unknown;

/** What jco makes of a component. */
export interface Glue {
  /**
   * Makes an instance.
   *
   * @param getCoreModule Gives the core module that was written to a file.
   * @param imports What it imports, by what `map` has called the interfaces.
   */
  instantiate(
    getCoreModule: (file: string) => WebAssembly.Module,
    imports: Readonly<Record<string, unknown>>,
    instantiateCore: InstantiateCore,
  ): GlueExports | Promise<GlueExports>;
}
