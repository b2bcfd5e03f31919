import type { Composition } from "@/lib/run/composition";
import type { MapSides } from "../compare/map-service";
import { placeIn } from "./build-tree";
import { makeFile } from "./make-file";
import type { ComposeTools } from "./map-of-file";

/** Where a file of the recipe is in the composition's tree; undefined where it is not there. */
export type PlaceOf = (path: string) => string | undefined;

/** The places of all files that variations or the composition changed; whatever else there is has its path of the base. */
export async function placesOf(
  tools: ComposeTools,
  runId: string,
  { from, files }: Pick<Composition, "from" | "files">,
  sides: MapSides,
): Promise<PlaceOf> {
  const places = new Map<string, string | undefined>();
  for (const file of await tools.maps.changedFiles(runId, sides)) {
    places.set(file.path, placeIn(file, from, file.base === null ? undefined : file.path));
  }
  for (const [path, decision] of Object.entries(files)) {
    const { composed } = await makeFile(tools, runId, sides, path, decision);
    places.set(path, composed.content === null ? undefined : composed.path);
  }
  return (path) => (places.has(path) ? places.get(path) : path);
}

/** The other way round: the file of the recipe that is, or would be, at a path of the tree; undefined where that name stands for a file that was moved away. */
export async function filesAt(
  tools: ComposeTools,
  runId: string,
  composition: Pick<Composition, "from" | "files">,
  sides: MapSides,
): Promise<(place: string) => string | undefined> {
  const placeOf = await placesOf(tools, runId, composition, sides);
  const known = [...(await tools.maps.changedFiles(runId, sides)).map(({ path }) => path), ...Object.keys(composition.files)];
  const byPlace = new Map(known.flatMap((path) => (placeOf(path) === undefined ? [] : [[placeOf(path) ?? "", path] as const])));
  return (place) => byPlace.get(place) ?? (placeOf(place) === undefined || placeOf(place) === place ? place : undefined);
}
