import { type Place, placeArguments } from '../options/place.ts';

/** What people type so that the jobs learn the history that the lake holds. */
export function learnCommand(place: Place): string {
  return `npm run replay -- --job all --from lake --wait --swap${placeArguments(place)}`;
}
