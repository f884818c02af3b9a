/*
 * The migrations, in the order in which they run. A list instead of a search through the folder, so that a file that
 * is lost fails the build and not a start.
 */
import { FirstVoyage1795340000000 } from '../../migrations/1795340000000-first-voyage.js';
import { ShardsGoOn1795370000000 } from '../../migrations/1795370000000-shards-go-on.js';

export const MIGRATIONS = [FirstVoyage1795340000000, ShardsGoOn1795370000000];
