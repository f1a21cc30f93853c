import { vibesafe, VibesafeHandled } from "vibesafe";

/**
 * The message in a speech bubble, said by a cow.
 *
 * >>> console.log(cowsay("moo"))
 *  _____
 * < moo >
 *  -----
 *         \   ^__^
 *          \  (oo)\_______
 *             (__)\       )\/\
 *                 ||----w |
 *                 ||     ||
 * >>> cowsay("hello").split("\n")[1]
 * '< hello >'
 */
export const cowsay = vibesafe.func(function cowsay(msg: string): string {
  throw new VibesafeHandled();
});
