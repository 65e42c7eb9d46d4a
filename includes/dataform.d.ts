/** What Dataform's compiler gives to includes and to `${}` in .sqlx files; only what this project uses. */
declare const dataform: { readonly projectConfig: { readonly vars?: Readonly<Record<string, string>> } };

interface ActionContext {
  /** The resolved, quoted name of another table; makes this action depend on it. */
  ref(dataset: string, table: string): string;
  /** The resolved, quoted name of this action's table. */
  self(): string;
  /** True where the incremental variant of the action is compiled. */
  incremental(): boolean;
  /** `text` where `condition` holds, else `otherwise` or nothing. */
  when(condition: boolean, text: string, otherwise?: string): string;
}
