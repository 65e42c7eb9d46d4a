import { wrongUse } from "../errors.ts";
import { nearest } from "../format/nearest.ts";
import { type CompiledAction, fullName, shortName } from "./graph.ts";

/**
 * The actions that selectors name: a table's name, dataset.table, a pattern with `*`, or a tag. Every selector has to
 * match something; what matches none is most likely a typo.
 */
export function select<T extends CompiledAction>(actions: readonly T[], selectors: readonly string[]): T[] {
  if (selectors.length === 0) return [...actions];
  const chosen = new Set<T>();
  for (const selector of selectors) {
    const matching = actions.filter((action) => matches(action, selector));
    if (matching.length === 0) throw unknown(actions, selector);
    for (const action of matching) chosen.add(action);
  }
  return actions.filter((action) => chosen.has(action));
}

/** Some actions with all that depends on them, and all that these read: what a day of them takes. */
export function related<T extends CompiledAction>(actions: readonly T[], chosen: readonly T[]): T[] {
  const reads = new Map(
    actions.map((action) => [shortName(action.target), (action.dependencyTargets ?? []).map(shortName)]),
  );
  const names = new Set(chosen.map((action) => shortName(action.target)));
  const grow = (next: () => Iterable<string>) => {
    for (let size = -1; size !== names.size; ) {
      size = names.size;
      for (const name of [...next()]) names.add(name);
    }
  };
  grow(() => [...reads].filter(([, read]) => read.some((name) => names.has(name))).map(([name]) => name));
  grow(() => [...names].flatMap((name) => reads.get(name) ?? []));
  return actions.filter((action) => names.has(shortName(action.target)));
}

function matches(action: CompiledAction, selector: string): boolean {
  if (action.tags?.includes(selector)) return true;
  const pattern = new RegExp(`^${selector.split("*").map(literal).join(".*")}$`);
  return [action.target.name, shortName(action.target), fullName(action.target)].some((name) =>
    pattern.test(name),
  );
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function unknown(actions: readonly CompiledAction[], selector: string) {
  const tags = [...new Set(actions.flatMap((action) => action.tags ?? []))].sort();
  const names = actions.map((action) =>
    selector.includes(".") ? shortName(action.target) : action.target.name,
  );
  const close = nearest(selector, [...names, ...tags]);
  return wrongUse(
    `--select ${selector}: no table, view, operation or tag has this name.`,
    [close ? `Did you mean ${close}?` : "", tags.length > 0 ? `Tags: ${tags.join(", ")}.` : ""]
      .filter(Boolean)
      .join("\n"),
  );
}
