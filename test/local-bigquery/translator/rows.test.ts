import { beforeAll, describe, it } from "vitest";
import type { TestEngine } from "../../support/engine.ts";
import { allSame, smallTables } from "./fixture.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await smallTables();
});

describe("filters, projections and order", () => {
  it("keep rows whose condition is TRUE, not NULL", () =>
    allSame(engine, [
      "SELECT a, b FROM t WHERE a > 1",
      "SELECT a FROM t WHERE b <> 'x' OR a IS NULL",
      "SELECT a FROM t WHERE ds BETWEEN DATE '2024-01-01' AND DATE '2024-01-03'",
      "SELECT * EXCEPT (arr) REPLACE (a * 2 AS a) FROM t",
      "SELECT t.*, u.c FROM t, u WHERE t.a = u.a",
    ]));

  it("sort NULL before everything, then NaN, then numbers", () =>
    allSame(engine, [
      "!SELECT f FROM t ORDER BY f",
      "!SELECT f FROM t ORDER BY f DESC",
      "!SELECT f FROM t ORDER BY f NULLS LAST",
      "!SELECT f FROM t ORDER BY f DESC NULLS FIRST",
      "!SELECT a FROM t ORDER BY a DESC NULLS FIRST LIMIT 3 OFFSET 1",
      "!SELECT a, b FROM t ORDER BY b DESC, a LIMIT 2",
    ]));

  it("sort by what is not shown", () =>
    allSame(engine, [
      "!SELECT a + 1 AS x FROM t ORDER BY -a",
      "!SELECT b FROM t GROUP BY b ORDER BY MAX(a) DESC",
      "!SELECT DISTINCT b FROM t ORDER BY b",
      "!(SELECT a FROM t UNION ALL SELECT a FROM u) ORDER BY a LIMIT 5",
      "!WITH x AS (SELECT a, b FROM t) SELECT b FROM x ORDER BY a DESC LIMIT 3",
      "!SELECT x + 1 FROM (SELECT a AS x FROM t ORDER BY a LIMIT 3) WHERE x IS NOT NULL ORDER BY 1",
    ]));

  it("evaluate only the branch taken", () =>
    allSame(engine, [
      "SELECT a, IF(a = 1, -1, DIV(10, a - 1)) FROM t",
      "SELECT CASE WHEN b = 'x' THEN 0 ELSE CAST(IF(b = 'x', 'bad', '7') AS INT64) END FROM t",
      "SELECT COALESCE(a, CAST(IF(a IS NULL, '4', 'bad') AS INT64)) FROM t",
    ]));

  it("read struct fields by place, whatever their names", () =>
    allSame(engine, [
      "SELECT a, st.x, st.y, st FROM t",
      "SELECT STRUCT(a, b AS q).q, STRUCT(1, 'x'), STRUCT(1 AS n, 2 AS n) FROM t",
      "SELECT t FROM t",
      "SELECT u.* FROM (SELECT ARRAY_AGG(u ORDER BY v LIMIT 1)[OFFSET(0)] AS u FROM u)",
      "SELECT (SELECT AS STRUCT a, b FROM t WHERE a = 1).*",
    ]));

  it("speak pipe syntax", () =>
    allSame(engine, [
      "FROM t |> JOIN u USING (a) |> SELECT a, c |> AS q |> WHERE q.c <> 'uno'",
      "FROM t |> AGGREGATE COUNT(*) AS n, SUM(a) GROUP BY b |> WHERE n > 1",
      "!FROM u |> ORDER BY v DESC |> LIMIT 2 |> SELECT c",
      "FROM u |> EXTEND v * 2 AS w |> SET c = CONCAT(c, '!') |> DROP v |> RENAME w AS z",
      "FROM u |> UNION ALL (SELECT a, b, a FROM t)",
    ]));
});

describe("joins", () => {
  it("of every kind match rows as GoogleSQL does", () =>
    allSame(engine, [
      "SELECT t.a, u.c FROM t JOIN u ON t.a = u.a",
      "SELECT t.a, u.c FROM t LEFT JOIN u ON t.a = u.a",
      "SELECT t.a, u.c, u.a FROM t RIGHT JOIN u ON t.a = u.a",
      "SELECT t.a, u.c FROM t FULL JOIN u ON t.a < u.a",
      "SELECT t.a, u.c FROM t CROSS JOIN u",
      "SELECT t.a, u.c FROM t LEFT JOIN u ON t.a = u.a AND u.v > 10",
      "SELECT t.a FROM t LEFT JOIN u ON t.a = u.a WHERE u.a IS NULL",
    ]));

  it("never match NULL keys, nor NaN", () =>
    allSame(engine, [
      "SELECT x.a, y.a FROM t x JOIN t y ON x.a = y.a",
      "SELECT x.a, y.a FROM t x JOIN t y ON x.f = y.f",
      "SELECT x.a, y.a FROM t x LEFT JOIN t y ON x.f = y.f AND x.b = y.b",
    ]));

  it("take USING, nested operands and constants on the padded side", () =>
    allSame(engine, [
      "SELECT a, t.b, u.c FROM t FULL JOIN u USING (a)",
      "SELECT * FROM t JOIN u USING (a) JOIN u AS w USING (a)",
      "SELECT t.a, u.c, w.v FROM t LEFT JOIN (u JOIN u AS w ON u.a = w.a) ON t.a = u.a",
      "SELECT t.a, q.one, q.c FROM t LEFT JOIN (SELECT 1 AS one, a, c FROM u) q ON q.a = t.a",
      "SELECT t.a, q.n FROM t LEFT JOIN (SELECT a, COUNT(*) n FROM u GROUP BY a) q ON q.a = t.a",
    ]));
});

describe("set operations and WITH", () => {
  it("combine by place, by name and with duplicates counted", () =>
    allSame(engine, [
      "SELECT a FROM t UNION ALL SELECT a FROM u",
      "SELECT a FROM t UNION DISTINCT SELECT a FROM u",
      "SELECT a FROM t INTERSECT DISTINCT SELECT a FROM u",
      "SELECT a FROM u EXCEPT DISTINCT SELECT a FROM t",
      "SELECT a FROM u EXCEPT ALL SELECT a FROM t",
      "SELECT a FROM u INTERSECT ALL SELECT a FROM u",
      "SELECT f FROM t INTERSECT DISTINCT SELECT f FROM t",
      "SELECT a, c FROM u UNION ALL BY NAME SELECT b AS c, a FROM t",
      "SELECT a, c, v FROM u FULL UNION ALL BY NAME SELECT b AS c, a, f FROM t",
      "SELECT a, c FROM u LEFT UNION ALL BY NAME SELECT b AS c, f FROM t",
      "SELECT a, c FROM u UNION ALL CORRESPONDING SELECT b AS c, a, f FROM t",
      "SELECT 1 AS x UNION ALL SELECT 2.5",
    ]));

  it("name queries once and use them at any depth", () =>
    allSame(engine, [
      "WITH x AS (SELECT a, v * 2 AS w FROM u), y AS (SELECT a, w + 1 AS z FROM x) SELECT x.a, y.z FROM x JOIN y USING (a)",
      "WITH a AS (SELECT 1 x), b AS (SELECT * FROM a UNION ALL SELECT x + 1 FROM a) SELECT * FROM b, a",
      "SELECT * FROM (WITH q AS (SELECT a FROM t) SELECT * FROM q) WHERE a > 1",
      "SELECT a, (WITH q AS (SELECT a FROM u) SELECT COUNT(*) FROM q WHERE q.a = t.a) FROM t",
      "WITH q AS (SELECT a FROM t) SELECT * FROM (WITH q AS (SELECT c FROM u) SELECT * FROM q), q",
    ]));

  it("recurse until nothing new comes", () =>
    allSame(engine, [
      "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
      "WITH RECURSIVE r AS (SELECT 1 AS n UNION DISTINCT SELECT MOD(n + 1, 4) FROM r) SELECT * FROM r",
      "WITH RECURSIVE r AS (SELECT a, 1 AS d FROM t WHERE a = 1 UNION ALL SELECT t.a, r.d + 1 FROM r JOIN t ON t.a = r.a + 1) SELECT * FROM r",
    ]));
});
