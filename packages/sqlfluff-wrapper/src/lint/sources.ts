import { join } from "node:path";
import { type ProjectFile, projectFiles, readNormalised } from "../compile/project.ts";
import { readSqlx, type SqlxDocument } from "../sqlx/document.ts";
import { Lines } from "../text.ts";

/** A project's files as they are now, read once per state of a file. */
export class SourceFiles {
  readonly root: string;
  readonly #texts = new Map<
    string,
    { stamp: string; text: string; lines?: Lines; document?: SqlxDocument }
  >();
  files: ReadonlyMap<string, ProjectFile> = new Map();

  constructor(root: string) {
    this.root = root;
  }

  refresh(): void {
    this.files = projectFiles(this.root);
  }

  /** A file's text with newlines `\n`. */
  text(path: string): string {
    return this.#read(path).text;
  }

  lines(path: string): Lines {
    const read = this.#read(path);
    read.lines ??= new Lines(read.text);
    return read.lines;
  }

  document(path: string): SqlxDocument {
    const read = this.#read(path);
    read.document ??= readSqlx(read.text);
    return read.document;
  }

  /** Puts a text in the place of a file's, until the file changes. */
  replace(path: string, text: string): void {
    this.#texts.set(path, { stamp: this.files.get(path)?.stamp ?? "", text });
  }

  forget(path: string): void {
    this.#texts.delete(path);
  }

  #read(path: string): { stamp: string; text: string; lines?: Lines; document?: SqlxDocument } {
    const stamp = this.files.get(path)?.stamp ?? "";
    let read = this.#texts.get(path);
    if (!read || read.stamp !== stamp) {
      read = { stamp, text: readNormalised(join(this.root, path)) };
      this.#texts.set(path, read);
    }
    return read;
  }
}
