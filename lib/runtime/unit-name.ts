/**
 * What a unit's function is called.
 *
 * @module
 */

/** Name of the function that the unit is: of a method what follows the dot. */
export function functionName(unit: string): string {
  const name = unit.slice(unit.indexOf("/") + 1);
  return name.slice(name.lastIndexOf(".") + 1);
}
