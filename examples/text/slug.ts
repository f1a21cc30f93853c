import { vibesafe, VibesafeHandled } from "vibesafe";
import { plainLetter } from "./letters.ts";

/**
 * A title as the last part of a URL: lower case, plain letters and digits, words joined by single hyphens.
 *
 * >>> slugify("Hello, World!")
 * 'hello-world'
 * >>> slugify("Smørrebrød à la carte — 2 für 1")
 * 'smorrebrod-a-la-carte-2-fur-1'
 * >>> slugify("  --  ")
 * ''
 */
export const slugify = vibesafe.func(function slugify(title: string): string {
  const letters = [...title.toLowerCase()].map(plainLetter);
  throw new VibesafeHandled();
});
