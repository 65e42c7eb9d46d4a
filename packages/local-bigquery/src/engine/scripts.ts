import type { Analyzer } from "../analyzer/analyzer.ts";
import { LruMap } from "../lru.ts";
import { type Script, scriptOf } from "../script/script.ts";

/** Parsed scripts by their text. */
export class Scripts {
  private readonly analyzer: () => Promise<Analyzer>;
  private readonly parsed = new LruMap<string, Script>(500);

  constructor(analyzer: () => Promise<Analyzer>) {
    this.analyzer = analyzer;
  }

  async parse(text: string): Promise<Script> {
    const known = this.parsed.get(text);
    if (known) return known;
    const script = scriptOf(text, await (await this.analyzer()).parseScript(text));
    this.parsed.set(text, script);
    return script;
  }
}
