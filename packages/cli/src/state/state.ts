import { existsSync, mkdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { projectFolder } from "../home.ts";
import { readJson, remove, writeJson } from "./files.ts";
import type { BuildRecord, LoadRecord } from "./records.ts";

/** The project id under which the local BigQuery keeps its data sets. */
export const localProject = "local";
export const localLocation = "US";

/** One local warehouse: a folder with the database and the records of what was done to it. */
export class State {
  readonly folder: string;
  readonly project: string;
  /** The folder as the user would type it. */
  readonly shown: string;
  readonly isDefault: boolean;

  constructor(cwd: string, folder: string | undefined) {
    this.project = projectFolder(cwd);
    this.folder = folder === undefined ? join(this.project, ".growth") : resolve(cwd, folder);
    this.isDefault = folder === undefined;
    const short = relative(cwd, this.folder);
    this.shown = short === "" ? "." : short.startsWith("../..") ? this.folder : short;
  }

  file(name: string): string {
    return join(this.folder, name);
  }
  get warehouse(): string {
    return this.file("warehouse.duckdb");
  }
  get uploads(): string {
    return this.file("uploads");
  }
  get logs(): string {
    return this.file("logs");
  }
  get server(): string {
    return this.file("server.json");
  }
  get credentials(): string {
    return this.file(".df-credentials.json");
  }
  get exists(): boolean {
    return existsSync(this.warehouse);
  }

  /** Makes the folder and the credentials file that the Dataform CLI asks for; they name the local project, no account. */
  prepare(): void {
    mkdirSync(this.uploads, { recursive: true });
    mkdirSync(this.logs, { recursive: true });
    if (!existsSync(this.credentials)) {
      writeJson(this.credentials, { projectId: localProject, location: localLocation });
    }
  }

  /** What is loaded; undefined when nothing is, or when a load was cut short. */
  get load(): LoadRecord | undefined {
    return this.exists ? readJson<LoadRecord>(this.file("load.json")) : undefined;
  }
  saveLoad(record: LoadRecord): void {
    writeJson(this.file("load.json"), record);
  }
  forgetLoad(): void {
    remove(this.file("load.json"));
  }

  get build(): BuildRecord {
    return (this.exists ? readJson<BuildRecord>(this.file("build.json")) : undefined) ?? {};
  }
  saveBuild(record: BuildRecord): void {
    writeJson(this.file("build.json"), record);
  }

  /** Removes the database and every record of what is in it. */
  removeDatabase(): void {
    this.forgetLoad();
    remove(this.file("build.json"), this.warehouse, `${this.warehouse}.wal`, this.uploads);
  }

  /** The same, with the data it was loaded from. The lock stays: it belongs to the running command. */
  removeWarehouse(): void {
    this.removeDatabase();
    remove(this.file("data"));
  }
}
