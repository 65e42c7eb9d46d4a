/** Random queries over the tables of fixture.ts: joins, subqueries, arrays, groups, windows and set operations in one another. */
type Kind = "int" | "text" | "float" | "bool" | "ints" | "struct";
interface Column {
  readonly name: string;
  readonly kind: Kind;
}
interface Query {
  readonly sql: string;
  readonly columns: readonly Column[];
}

const TABLES: Record<string, readonly Column[]> = {
  t: [
    { name: "a", kind: "int" },
    { name: "b", kind: "text" },
    { name: "f", kind: "float" },
    { name: "arr", kind: "ints" },
    { name: "st", kind: "struct" },
  ],
  u: [
    { name: "a", kind: "int" },
    { name: "c", kind: "text" },
    { name: "v", kind: "int" },
  ],
};

const LITERALS: Record<Kind, readonly string[]> = {
  int: ["0", "1", "2", "3", "-1", "9", "CAST(NULL AS INT64)"],
  text: ["'x'", "'y'", "''", "'one'", "CAST(NULL AS STRING)"],
  float: ["1.5", "0.0", "-0.5", "CAST('nan' AS FLOAT64)", "CAST(NULL AS FLOAT64)"],
  bool: ["TRUE", "FALSE", "CAST(NULL AS BOOL)"],
  ints: ["[1, 2]", "[3]", "CAST([] AS ARRAY<INT64>)"],
  struct: ["STRUCT(1 AS x, 'q' AS y)"],
};

/** The query of a seed; the same seed gives the same query. */
export function randomQuery(seed: number): string {
  return new Generator(seed).query([], 3).sql;
}

class Generator {
  private state: number;
  private names = 0;

  constructor(seed: number) {
    this.state = seed;
  }

  /** mulberry32 */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  }
  private chance(probability: number): boolean {
    return this.random() < probability;
  }
  private pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)] as T;
  }
  private fresh(prefix: string): string {
    this.names += 1;
    return `${prefix}${this.names}`;
  }

  private value(kind: Kind, columns: readonly Column[], depth: number): string {
    const own = columns.filter((column) => column.kind === kind);
    if (depth > 0 && !this.chance(0.35)) return this.compound(kind, columns, depth);
    return own.length > 0 && this.chance(0.85) ? this.pick(own).name : this.pick(LITERALS[kind]);
  }

  private compound(kind: Kind, columns: readonly Column[], depth: number): string {
    const of = (k: Kind) => this.value(k, columns, depth - 1);
    switch (kind) {
      case "int":
        return this.pick([
          () => `(${of("int")} ${this.pick(["+", "-"])} ${of("int")})`,
          () => `IF(${of("bool")}, ${of("int")}, ${of("int")})`,
          () => `COALESCE(${of("int")}, ${of("int")})`,
          () => `CASE WHEN ${of("bool")} THEN ${of("int")} WHEN ${of("bool")} THEN ${of("int")} END`,
          () => `ARRAY_LENGTH(${of("ints")})`,
          () => `${of("struct")}.x`,
          () => this.scalar(columns, depth),
          () => this.overArray(columns, depth),
        ])();
      case "text":
        return this.pick([
          () => `IF(${of("bool")}, ${of("text")}, ${of("text")})`,
          () => `CONCAT(${of("text")}, ${of("text")})`,
          () => `CAST(${of("int")} AS STRING)`,
        ])();
      case "float":
        return this.pick([() => `(${of("float")} + 1)`, () => `CAST(${of("int")} AS FLOAT64)`])();
      case "bool":
        return this.condition(columns, depth);
      case "ints":
        return this.pick([
          () => `[${of("int")}, ${of("int")}]`,
          () => `IF(${of("bool")}, ${of("ints")}, ${of("ints")})`,
          () => this.array(columns, depth),
        ])();
      case "struct":
        return this.value("struct", columns, 0);
    }
  }

  private condition(columns: readonly Column[], depth: number): string {
    const of = (k: Kind) => this.value(k, columns, depth - 1);
    return this.pick([
      () => `(${of("int")} ${this.pick(["=", "<", "<>", ">="])} ${of("int")})`,
      () => `(${of("text")} = ${of("text")})`,
      () => `(${of("float")} ${this.pick(["=", "<", ">"])} ${of("float")})`,
      () => `(${of("bool")} ${this.pick(["AND", "OR"])} ${of("bool")})`,
      () => `(NOT ${of("bool")})`,
      () => `(${of("int")} IS NULL)`,
      () => `(${of("int")} IN (${of("int")}, ${of("int")}))`,
      () => `(${of("int")} IN UNNEST(${of("ints")}))`,
      () => `EXISTS(${this.query(columns, depth - 1).sql})`,
      () => {
        const { sql, columns: inner } = this.query(columns, depth - 1, "int");
        const name = inner.find((column) => column.kind === "int")?.name;
        return `(${of("int")} ${this.pick(["IN", "NOT IN"])} (SELECT ${name} FROM (${sql})))`;
      },
    ])();
  }

  /** One value from a correlated subquery. */
  private scalar(columns: readonly Column[], depth: number): string {
    const from = this.from(depth - 1);
    const all = [...from.columns, ...columns];
    const aggregate = this.pick(["MAX", "MIN", "COUNT", "SUM"]);
    const where = this.value("bool", all, Math.min(2, depth - 1));
    return `(SELECT ${aggregate}(${this.value("int", all, Math.min(1, depth - 1))}) FROM ${from.sql} WHERE ${where})`;
  }

  /** One value from the elements of an array. */
  private overArray(columns: readonly Column[], depth: number): string {
    const element: Column = { name: this.fresh("x"), kind: "int" };
    const all = [...columns, element];
    const array = this.value("ints", columns, depth - 1);
    const where = this.chance(0.5) ? ` WHERE ${this.value("bool", all, depth - 2)}` : "";
    const aggregate = this.pick(["MAX", "MIN", "COUNT", "SUM"]);
    return `(SELECT ${aggregate}(${this.value("int", all, depth - 2)}) FROM UNNEST(${array}) ${element.name}${where})`;
  }

  private array(columns: readonly Column[], depth: number): string {
    const element: Column = { name: this.fresh("x"), kind: "int" };
    const offset = this.fresh("o");
    const all = [...columns, element];
    const array = this.value("ints", columns, depth - 1);
    const where = this.value("bool", all, depth - 2);
    const item = this.value("int", all, depth - 2);
    return `ARRAY(SELECT ${item} FROM UNNEST(${array}) ${element.name} WITH OFFSET ${offset} WHERE ${where} ORDER BY ${offset})`;
  }

  private from(depth: number): Query {
    if (depth <= 0 || this.chance(0.3)) return this.table();
    if (this.chance(0.5)) return this.join(depth);
    if (this.chance(0.3)) return this.unnested(depth);
    const { sql, columns } = this.query([], depth - 1);
    const alias = this.fresh("q");
    return {
      sql: `(${sql}) AS ${alias}`,
      columns: columns.map((c) => ({ ...c, name: `${alias}.${c.name}` })),
    };
  }

  private table(): Query {
    const name = this.chance(0.55) ? "t" : "u";
    const alias = this.fresh("t");
    const columns = (TABLES[name] ?? []).map((column) => ({ ...column, name: `${alias}.${column.name}` }));
    return { sql: `${name} AS ${alias}`, columns };
  }

  private join(depth: number): Query {
    const [left, right] = [this.from(depth - 1), this.from(depth - 1)];
    const columns = [...left.columns, ...right.columns];
    const ints = (query: Query) => query.columns.filter((column) => column.kind === "int");
    const [l, r] = [ints(left), ints(right)];
    const equal = l.length > 0 && r.length > 0 ? `${this.pick(l).name} = ${this.pick(r).name}` : "TRUE";
    const more = this.chance(0.3) ? ` AND ${this.value("bool", columns, 0)}` : "";
    const kind = this.pick(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
    const operand = /JOIN|UNNEST/.test(right.sql) ? `(${right.sql})` : right.sql;
    return { sql: `${left.sql} ${kind} ${operand} ON ${equal}${more}`, columns };
  }

  private unnested(depth: number): Query {
    const input = this.from(depth - 1);
    const arrays = input.columns.filter((column) => column.kind === "ints");
    if (arrays.length === 0) return input;
    const [element, offset] = [this.fresh("x"), this.fresh("o")];
    const join = this.pick(["CROSS JOIN", "LEFT JOIN"]);
    return {
      sql: `${input.sql} ${join} UNNEST(${this.pick(arrays).name}) AS ${element} WITH OFFSET AS ${offset}`,
      columns: [...input.columns, { name: element, kind: "int" }, { name: offset, kind: "int" }],
    };
  }

  /** A query that may read the columns of the queries around it, with a column of the kind needed, if any. */
  query(outer: readonly Column[], depth: number, needed?: Kind): Query {
    if (depth > 0 && this.chance(0.12)) return this.setOperation(outer, depth, needed);
    const from = this.from(depth);
    const all = [...from.columns, ...outer];
    const where = this.chance(0.5) ? ` WHERE ${this.value("bool", all, depth)}` : "";
    if (needed === undefined && this.chance(0.3)) return this.grouped(from, where);
    const kinds = [needed ?? this.pick<Kind>(["int", "text", "float"])];
    if (this.chance(0.6)) kinds.push(this.pick<Kind>(["int", "text", "float", "ints"]));
    const columns = kinds.map((kind) => ({ name: this.fresh("c"), kind }));
    const items = columns.map(({ name, kind }) => `${this.value(kind, all, depth)} AS ${name}`);
    if (this.chance(0.25)) {
      const window = this.window(from);
      columns.push({ name: window.name, kind: "int" });
      items.push(`${window.sql} AS ${window.name}`);
    }
    const distinct = this.chance(0.15) && columns.every(({ kind }) => kind !== "ints") ? "DISTINCT " : "";
    return { sql: `SELECT ${distinct}${items.join(", ")} FROM ${from.sql}${where}`, columns };
  }

  private setOperation(outer: readonly Column[], depth: number, needed?: Kind): Query {
    const left = this.query(outer, depth - 1, needed);
    if (left.columns.some(({ kind }) => kind === "ints")) return left;
    const from = this.from(depth - 1);
    const items = left.columns.map(({ kind }) => this.value(kind, from.columns, 1));
    const operator = this.pick(["UNION ALL", "UNION DISTINCT", "EXCEPT DISTINCT", "INTERSECT DISTINCT"]);
    const sql = `SELECT * FROM (${left.sql}) ${operator} SELECT ${items.join(", ")} FROM ${from.sql}`;
    return { sql, columns: left.columns };
  }

  private grouped(from: Query, where: string): Query {
    const value = (kind: Kind) => this.value(kind, from.columns, 1);
    const keys = [this.pick<Kind>(["int", "text"])].map((kind) => ({
      name: this.fresh("k"),
      kind,
      sql: value(kind),
    }));
    const aggregate = this.pick([
      () => ({ sql: "COUNT(*)", kind: "int" as Kind }),
      () => ({ sql: `SUM(${value("int")})`, kind: "int" as Kind }),
      () => ({ sql: `MAX(${value("text")})`, kind: "text" as Kind }),
      () => ({ sql: `COUNT(DISTINCT ${value("int")})`, kind: "int" as Kind }),
    ])();
    const columns = [...keys, { name: this.fresh("g"), ...aggregate }];
    const names = keys.map(({ name }) => name).join(", ");
    const by = this.chance(0.25) ? `ROLLUP(${names})` : names;
    const having = this.chance(0.25) ? " HAVING COUNT(*) > 1" : "";
    const items = columns.map(({ name, sql }) => `${sql} AS ${name}`).join(", ");
    return { sql: `SELECT ${items} FROM ${from.sql}${where} GROUP BY ${by}${having}`, columns };
  }

  private window(from: Query): { name: string; sql: string } {
    const sortable = from.columns.filter(({ kind }) => /int|text|float/.test(kind) && kind !== "ints");
    const ints = from.columns.filter(({ kind }) => kind === "int");
    const by = () => (sortable.length > 0 ? this.pick(sortable).name : "1");
    const value = ints.length > 0 ? this.pick(ints).name : "1";
    const sql = this.pick([
      () => `RANK() OVER (ORDER BY ${by()} ${this.pick(["", "DESC"])})`,
      () => `SUM(${value}) OVER (PARTITION BY ${by()})`,
      () => `COUNT(*) OVER (ORDER BY ${by()})`,
      () => `MAX(${value}) OVER (PARTITION BY ${by()} ORDER BY ${by()} DESC)`,
    ])();
    return { name: this.fresh("w"), sql };
  }
}
