import { beforeAll, describe, it } from "vitest";
import type { TestEngine } from "../../support/engine.ts";
import { allSame, smallTables } from "./fixture.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await smallTables();
});

describe("grouping", () => {
  it("counts, sums and filters groups", () =>
    allSame(engine, [
      "SELECT b, COUNT(*), SUM(a), COUNT(DISTINCT a) FROM t GROUP BY b",
      "SELECT b, COUNT(*) n FROM t GROUP BY ALL HAVING n > 1",
      "SELECT COUNT(*), SUM(a) FROM t WHERE FALSE",
      "SELECT 1, COUNT(*) FROM t GROUP BY 1",
      "SELECT SUM(a) FROM t HAVING SUM(a) > 500",
      "SELECT EXTRACT(MONTH FROM ds) m, COUNT(*) FROM t GROUP BY m",
      "SELECT b, SUM(a) FROM t GROUP BY 1 ORDER BY 2 DESC",
    ]));

  it("puts equal values together: NULL, NaN, zeros, structs", () =>
    allSame(engine, [
      "SELECT DISTINCT b FROM t",
      "SELECT f, COUNT(*) FROM (SELECT f FROM t UNION ALL SELECT f FROM t) GROUP BY f",
      "SELECT x, COUNT(*) FROM UNNEST([0.0, -0.0, 1.0]) x GROUP BY x",
      "SELECT st, COUNT(*) FROM (SELECT st FROM t UNION ALL SELECT st FROM t) GROUP BY st",
      "SELECT DISTINCT st FROM t",
      "SELECT arr, COUNT(*) FROM (SELECT arr FROM t UNION ALL SELECT arr FROM t WHERE a = 1) WHERE ARRAY_LENGTH(arr) > 0 GROUP BY arr",
    ]));

  it("rolls up and says which columns were rolled up", () =>
    allSame(engine, [
      "SELECT b, a, COUNT(*), GROUPING(b), GROUPING(a) FROM t GROUP BY ROLLUP(b, a)",
      "SELECT b, a, COUNT(*) FROM t GROUP BY CUBE(b, a)",
      "SELECT b, a, COUNT(*) FROM t GROUP BY GROUPING SETS((b), (a), ())",
      "SELECT GROUPING(b) g, IF(GROUPING(b) = 1, 'ALL', b) lvl, COUNT(*) FROM t GROUP BY ROLLUP(b)",
      "SELECT UPPER(b) k, COUNT(*) FROM t GROUP BY GROUPING SETS(k, ())",
      "SELECT b, ds, SUM(a) FROM t GROUP BY b, ROLLUP(ds)",
    ]));

  it("orders, limits and dedups inside aggregates", () =>
    allSame(engine, [
      "SELECT b, ARRAY_AGG(a IGNORE NULLS ORDER BY a DESC) FROM t WHERE a IS NOT NULL GROUP BY b",
      "SELECT ARRAY_AGG(STRUCT(a, c) ORDER BY v DESC LIMIT 1)[OFFSET(0)].c FROM u GROUP BY a",
      "SELECT STRING_AGG(b, '-' ORDER BY a DESC), ARRAY_AGG(DISTINCT b IGNORE NULLS ORDER BY b) FROM t",
      "SELECT ANY_VALUE(c HAVING MAX v), ANY_VALUE(c HAVING MIN v) FROM u",
      "SELECT ARRAY_CONCAT_AGG(arr ORDER BY a) FROM t",
    ]));

  it("pivots and unpivots", () =>
    allSame(engine, [
      "SELECT * FROM (SELECT a, c, v FROM u) PIVOT(SUM(v) FOR c IN ('one', 'uno' AS u))",
      "SELECT * FROM (SELECT a, c, v FROM u) PIVOT(SUM(v) s, COUNT(*) n FOR a IN (1, 3, NULL))",
      "SELECT * FROM (SELECT a, v, v + 1 AS w FROM u) UNPIVOT(val FOR name IN (v, w))",
      "SELECT * FROM (SELECT a, v, v + 1 AS w, NULL AS z FROM u) UNPIVOT INCLUDE NULLS (val FOR name IN (v, w, z))",
      "SELECT * FROM (SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d) UNPIVOT((x, y) FOR k IN ((a, b) AS 'p', (c, d) AS 'q'))",
    ]));
});

describe("analytic functions", () => {
  it("number, rank and shift rows", () =>
    allSame(engine, [
      "SELECT b, ROW_NUMBER() OVER (PARTITION BY b ORDER BY a) FROM t",
      "SELECT a, f, RANK() OVER (ORDER BY f), DENSE_RANK() OVER (ORDER BY f DESC) FROM t",
      "SELECT NTILE(2) OVER (ORDER BY a), PERCENT_RANK() OVER (ORDER BY a), CUME_DIST() OVER (ORDER BY a) FROM t",
      "SELECT LAG(a, 1, 0) OVER (ORDER BY a), LEAD(a) OVER (ORDER BY a), FIRST_VALUE(b) OVER (ORDER BY a) FROM t",
      "SELECT a, LAST_VALUE(b IGNORE NULLS) OVER (ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) FROM t",
    ]));

  it("sum over frames of rows and of values", () =>
    allSame(engine, [
      "SELECT a, SUM(a) OVER (ORDER BY a) s, SUM(a) OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) r, COUNT(*) OVER () FROM t",
      "SELECT a, SUM(a) OVER (ORDER BY a RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM t",
      "SELECT a, SUM(a) OVER (ORDER BY a DESC RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) FROM t",
      "SELECT a, SUM(a) OVER (ORDER BY f DESC RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t",
      "SELECT a, COUNT(*) OVER (ORDER BY UNIX_DATE(ds) RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t",
      "SELECT a, COUNT(DISTINCT b) OVER (PARTITION BY ds) FROM t",
      "SELECT a, b, SUM(a) OVER w AS s, COUNT(*) OVER (w ROWS 1 PRECEDING) FROM t WINDOW w AS (PARTITION BY b ORDER BY a)",
    ]));

  it("filter with QUALIFY and stand over groups", () =>
    allSame(engine, [
      "SELECT a, b FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY b ORDER BY a DESC) = 1",
      "SELECT b, SUM(SUM(a)) OVER (ORDER BY b) FROM t GROUP BY b",
      "SELECT b, RANK() OVER (ORDER BY COUNT(*) DESC) FROM t GROUP BY b",
      "SELECT DISTINCT b, COUNT(*) OVER (PARTITION BY b) FROM t",
      "SELECT b, COUNT(*) c FROM t GROUP BY b QUALIFY ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, b) <= 2",
    ]));
});
