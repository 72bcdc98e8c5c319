// Finds two routes of one application for the same requests. Routes of other applications are on the cluster:
// engine/planning/sharedRoutes.ts compares with those.
import { type Problem, problem } from "../../model/problems/problem.ts";
import type { RenderedComponent } from "./renderedComponent.ts";
import { routeMatches } from "./routeMatches.ts";

export function checkRoutes(components: readonly RenderedComponent[]): readonly Problem[] {
  const owners = new Map<string, { readonly name: string; readonly backend: string }>();
  return components.flatMap(({ component, objects, exposure }) => {
    const claims = [...objects, ...exposure].flatMap(({ manifest }) => routeMatches(manifest));
    const wanted = new Map(claims.map((claim) => [claim.key, claim]));
    return [...wanted.values()].flatMap(({ key, where, backend }) => {
      const first = owners.get(key) ?? { name: component.name, backend };
      owners.set(key, first);
      if (first.name === component.name || first.backend === backend) return [];
      return [problem("RouteTwice", routePointer(component), { first: first.name, second: component.name, where })];
    });
  });
}

/**
 * The place in the document to which a problem points: the trait `route`, or the component when it has no such trait.
 */
export function routePointer({ pointer, traits }: Pick<RenderedComponent["component"], "pointer" | "traits">): string {
  return traits.find(({ definition }) => definition.name === "route")?.pointer ?? pointer;
}
