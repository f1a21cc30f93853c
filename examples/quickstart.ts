import { vibesafe, VibesafeHandled } from "vibesafe";

/**
 * Greet someone by name. Blanks around the name do not count; nobody in particular is the world.
 *
 * >>> greet("Ada")
 * 'Hello, Ada!'
 * >>> greet("  Grace Hopper ")
 * 'Hello, Grace Hopper!'
 * >>> greet("   ")
 * 'Hello, world!'
 */
export const greet = vibesafe.func(function greet(name: string): string {
  throw new VibesafeHandled();
});
