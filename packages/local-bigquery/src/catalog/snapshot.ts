import type { CatalogChange, DatasetEntry, RelationEntry, RoutineEntry } from "./model.ts";

/** Everything the catalog knows at one version; never changes, so readers need no lock. */
export class CatalogSnapshot {
  readonly version: number;
  private readonly datasetsById: ReadonlyMap<string, DatasetEntry>;
  private readonly relationsByName: ReadonlyMap<string, RelationEntry>;
  private readonly routinesByName: ReadonlyMap<string, RoutineEntry>;

  constructor(
    version: number,
    datasets: ReadonlyMap<string, DatasetEntry>,
    relations: ReadonlyMap<string, RelationEntry>,
    routines: ReadonlyMap<string, RoutineEntry>,
  ) {
    this.version = version;
    this.datasetsById = datasets;
    this.relationsByName = relations;
    this.routinesByName = routines;
  }

  static readonly empty = new CatalogSnapshot(0, new Map(), new Map(), new Map());

  dataset(id: string): DatasetEntry | undefined {
    return this.datasetsById.get(id);
  }

  relation(dataset: string, id: string): RelationEntry | undefined {
    return this.relationsByName.get(nameKey(dataset, id));
  }

  /** Routine names ignore case in calls. */
  routine(dataset: string, id: string): RoutineEntry | undefined {
    return this.routinesByName.get(nameKey(dataset, id.toLowerCase()));
  }

  datasets(): DatasetEntry[] {
    return [...this.datasetsById.values()].sort(byId);
  }

  relations(dataset: string): RelationEntry[] {
    return [...this.relationsByName.values()].filter((entry) => entry.dataset === dataset).sort(byId);
  }

  routines(dataset: string): RoutineEntry[] {
    return [...this.routinesByName.values()].filter((entry) => entry.dataset === dataset).sort(byId);
  }

  allRoutines(): Iterable<RoutineEntry> {
    return this.routinesByName.values();
  }

  /** The catalog after these changes, one version later. */
  with(changes: readonly CatalogChange[], version = this.version + 1): CatalogSnapshot {
    const datasets = new Map(this.datasetsById);
    const relations = new Map(this.relationsByName);
    const routines = new Map(this.routinesByName);
    for (const change of changes) {
      if ("put" in change) {
        const { entry } = change;
        if (change.put === "dataset") datasets.set(entry.id, entry as DatasetEntry);
        else if (change.put === "relation")
          relations.set(relationKey(entry as RelationEntry), entry as RelationEntry);
        else routines.set(routineKey(entry as RoutineEntry), entry as RoutineEntry);
      } else if (change.drop === "dataset") {
        datasets.delete(change.id);
        for (const [key, entry] of relations) if (entry.dataset === change.id) relations.delete(key);
        for (const [key, entry] of routines) if (entry.dataset === change.id) routines.delete(key);
      } else if (change.drop === "relation") {
        relations.delete(nameKey(change.dataset, change.id));
      } else {
        routines.delete(nameKey(change.dataset, change.id.toLowerCase()));
      }
    }
    return new CatalogSnapshot(version, datasets, relations, routines);
  }
}

function nameKey(dataset: string, id: string): string {
  return `${dataset}\u0000${id}`;
}
function relationKey(entry: RelationEntry): string {
  return nameKey(entry.dataset, entry.id);
}
function routineKey(entry: RoutineEntry): string {
  return nameKey(entry.dataset, entry.id.toLowerCase());
}
function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
