import { beforeAll, describe, it } from "vitest";
import type { TestEngine } from "../../support/engine.ts";
import { allSame, smallTables } from "./fixture.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await smallTables();
});

describe("UNNEST", () => {
  it("beside a table gives one row an element, with its offset", () =>
    allSame(engine, [
      "SELECT t.a, e FROM t, UNNEST(arr) e",
      "SELECT t.a, e, o FROM t, UNNEST(t.arr) e WITH OFFSET o",
      "SELECT t.a, x, y FROM t, UNNEST(arr) x, UNNEST(arr) y WHERE x < y",
      "SELECT t.a, x, o, y, p FROM t, UNNEST(arr) x WITH OFFSET o, UNNEST([x, x + 1]) y WITH OFFSET p",
      "SELECT t.a, e FROM t JOIN UNNEST(t.arr) e ON e = t.a + 1",
      "SELECT t.a, x FROM t, UNNEST(GENERATE_ARRAY(1, t.a)) x",
      "SELECT t.a, x.e FROM t, UNNEST(ARRAY(SELECT AS STRUCT c AS e FROM u WHERE u.a = t.a)) x",
    ]));

  it("under LEFT JOIN keeps rows without elements", () =>
    allSame(engine, [
      "SELECT t.a, e, o FROM t LEFT JOIN UNNEST(t.arr) e WITH OFFSET o",
      "SELECT t.a, e, o FROM t LEFT JOIN UNNEST(t.arr) e WITH OFFSET o ON e > 2",
      "SELECT t.a, e, u.c FROM t LEFT JOIN UNNEST(t.arr) e LEFT JOIN u ON u.a = e",
    ]));

  it("of literals and structs stands alone", () =>
    allSame(engine, [
      "!SELECT e, o FROM UNNEST([5, 4, 3]) e WITH OFFSET o ORDER BY o",
      "SELECT e.x, e.y FROM UNNEST([STRUCT(1 AS x, 'a' AS y), (2, 'b'), NULL]) e",
      "SELECT x, y FROM UNNEST([STRUCT(1 AS x, 'a' AS y), (2, 'b')])",
      "SELECT * FROM UNNEST([1, 2, 3]) AS x JOIN UNNEST([2, 3, 4]) AS y ON x = y",
      "SELECT * FROM UNNEST(CAST(NULL AS ARRAY<INT64>))",
    ]));
});

describe("subqueries", () => {
  it("make arrays, in their order, never NULL", () =>
    allSame(engine, [
      "SELECT a, ARRAY(SELECT e FROM UNNEST(arr) e ORDER BY e DESC) FROM t",
      "SELECT a, ARRAY(SELECT e * 2 FROM UNNEST(arr) e WHERE e > 1) FROM t",
      "SELECT a, ARRAY(SELECT AS STRUCT e, o FROM UNNEST(arr) e WITH OFFSET o) FROM t",
      "SELECT ARRAY(SELECT a FROM t WHERE a IS NOT NULL ORDER BY a DESC LIMIT 2)",
      "SELECT t.a, ARRAY(SELECT c FROM u WHERE u.a = t.a ORDER BY v DESC LIMIT 1) FROM t",
      "SELECT a, ARRAY(SELECT 1 FROM u WHERE u.a = t.a) IS NULL FROM t",
      "SELECT a, ARRAY(SELECT AS STRUCT e, ARRAY(SELECT c FROM u WHERE u.a = e ORDER BY c) AS cs FROM UNNEST(arr) e ORDER BY e) FROM t",
      "SELECT a, ARRAY(SELECT x FROM UNNEST([3, 1, 2]) x WHERE x <> t.a) FROM t",
      "SELECT ARRAY(SELECT x * 10 + y FROM UNNEST([3, 1, 2]) x, UNNEST([x, 5]) y)",
    ]));

  it("give one value per row", () =>
    allSame(engine, [
      "SELECT a, (SELECT SUM(e) FROM UNNEST(arr) e) FROM t",
      "SELECT a, (SELECT COUNT(*) FROM u WHERE u.a = t.a) FROM t",
      "SELECT a, (SELECT MAX(c) FROM u WHERE u.a = t.a) FROM t",
      "SELECT a, (SELECT e FROM UNNEST(arr) e WITH OFFSET o ORDER BY o DESC LIMIT 1) FROM t",
      "SELECT a, (SELECT AS STRUCT c, v FROM u WHERE u.a = t.a ORDER BY v LIMIT 1) FROM t",
      "SELECT (SELECT STRING_AGG(CAST(e AS STRING)) FROM UNNEST(arr) e) FROM t",
      "SELECT a, (SELECT STRING_AGG(CONCAT(b, c), ',' ORDER BY c) FROM u WHERE u.a = t.a) FROM t",
      "SELECT (SELECT a FROM t WHERE a = 99)",
      "SELECT (SELECT COUNT(*) FROM t) + (SELECT COUNT(*) FROM u)",
    ]));

  it("test existence and membership, with NULL and NaN", () =>
    allSame(engine, [
      "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
      "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a)",
      "SELECT a, EXISTS(SELECT 1 FROM UNNEST(arr) e WITH OFFSET o WHERE o > 0 AND e = 1) FROM t",
      "SELECT a, a IN (SELECT a FROM u) FROM t",
      "SELECT a FROM t WHERE a NOT IN (SELECT a FROM u)",
      "SELECT a, a IN (SELECT a FROM u WHERE FALSE) FROM t",
      "SELECT f, f IN (SELECT f FROM t), f IN (SELECT f FROM t WHERE f IS NOT NULL) FROM t",
      "SELECT a, (a, b) IN (SELECT AS STRUCT 1, 'x'), (a, b) IN (SELECT AS STRUCT a, c FROM u) FROM t",
      "SELECT a FROM t WHERE a IN UNNEST([1, 2]) OR a = 5",
    ]));

  it("reach several queries outwards", () =>
    allSame(engine, [
      "SELECT t.a, (SELECT COUNT(*) FROM u WHERE u.v > (SELECT AVG(v) FROM u AS w WHERE w.a = t.a)) FROM t",
      "SELECT a, (SELECT SUM(e * (SELECT COUNT(*) FROM u WHERE u.a = t.a)) FROM UNNEST(arr) e) FROM t",
      "SELECT a, EXISTS(SELECT 1 FROM u WHERE u.a = t.a AND EXISTS(SELECT 1 FROM UNNEST(t.arr) e WHERE e = u.a)) FROM t",
      "SELECT a, (SELECT MAX(z) FROM (SELECT e AS z FROM UNNEST(arr) e UNION ALL SELECT v FROM u WHERE u.a = t.a)) FROM t",
      "SELECT a, (SELECT c FROM (SELECT c, ROW_NUMBER() OVER (ORDER BY v DESC) rn FROM u WHERE u.a = t.a) WHERE rn = 1) FROM t",
      "SELECT a, (SELECT MAX(u.v) FROM u JOIN t AS w ON u.a = w.a WHERE w.b = t.b) FROM t",
    ]));
});

describe("lambdas and WITH expressions", () => {
  it("see the row around them", () =>
    allSame(engine, [
      "SELECT ARRAY_TRANSFORM(arr, e -> e + a), ARRAY_FILTER(arr, (e, i) -> i > 0) FROM t",
      "SELECT WITH(p AS 2, q AS p * 3, p + q)",
      "SELECT a, WITH(p AS a + 1, p * p) FROM t",
    ]));
});

describe("subqueries over one array", () => {
  it("give the same as list functions", () =>
    allSame(engine, [
      "SELECT a, ARRAY(SELECT e * 2 FROM UNNEST(arr) e WHERE e > 1) FROM t",
      "SELECT a, ARRAY(SELECT e * o FROM UNNEST(arr) e WITH OFFSET o) FROM t",
      "SELECT a, ARRAY(SELECT e * o FROM UNNEST(arr) e WITH OFFSET o WHERE o > 0) FROM t",
      "SELECT a, ARRAY(SELECT e FROM UNNEST(arr) e WITH OFFSET o WHERE o > 0 AND e < t.a + 3) FROM t",
      "SELECT a, ARRAY(SELECT e FROM UNNEST(arr) e WITH OFFSET o WHERE o > 0 ORDER BY o) FROM t",
      "SELECT a, ARRAY(SELECT e FROM UNNEST(arr) e WITH OFFSET o ORDER BY o DESC) FROM t",
      "SELECT a, ARRAY(SELECT AS STRUCT e, o FROM UNNEST(arr) e WITH OFFSET o) FROM t",
      "SELECT a, (SELECT SUM(e) FROM UNNEST(arr) e) FROM t",
      "SELECT a, (SELECT SUM(e + a) * 2 + COUNT(*) FROM UNNEST(arr) e WHERE e > a) FROM t",
      "SELECT a, (SELECT COUNT(*) FROM UNNEST(arr) e) FROM t",
      "SELECT a, (SELECT COUNT(NULLIF(e, 5)) FROM UNNEST(arr) e) FROM t",
      "SELECT a, (SELECT MAX(e) FROM UNNEST(arr) e WHERE e < 3) FROM t",
      "SELECT a, (SELECT COUNTIF(e > 2) FROM UNNEST(arr) e) FROM t",
      "SELECT a, (SELECT LOGICAL_OR(e > 2) FROM UNNEST(arr) e), (SELECT LOGICAL_AND(IF(e > 2, NULL, FALSE)) FROM UNNEST(arr) e) FROM t",
      "SELECT a, EXISTS(SELECT 1 FROM UNNEST(arr) e WHERE e = t.a) FROM t",
      "SELECT a, EXISTS(SELECT 1 FROM UNNEST(arr) e) FROM t",
      "SELECT a, EXISTS(SELECT 1 FROM UNNEST(arr) e WHERE NULL) FROM t",
      "SELECT a, EXISTS(SELECT 1 FROM u WHERE u.a = t.a AND EXISTS(SELECT 1 FROM UNNEST(t.arr) e WHERE e = u.a)) FROM t",
      "SELECT a, (SELECT COUNT(*) FROM u WHERE EXISTS(SELECT 1 FROM UNNEST(t.arr) e WHERE e = u.a AND t.a = 1)) FROM t",
      "SELECT a, ARRAY(SELECT x.y FROM UNNEST([st, STRUCT(9, 'z')]) x WHERE x.x IS NOT NULL) FROM t",
      "SELECT a, (SELECT COUNT(*) FROM UNNEST(arr) e WHERE EXISTS(SELECT 1 FROM UNNEST(arr) f WHERE f > e)) FROM t",
      "SELECT a, (SELECT SUM(e) FROM UNNEST(arr) e HAVING SUM(e) > 5) FROM t",
      "SELECT SUM((SELECT SUM(e) FROM UNNEST(arr) e)) OVER (ORDER BY a), ARRAY(SELECT e FROM UNNEST(ARRAY(SELECT f + 1 FROM UNNEST(arr) f)) e WHERE e > 2) FROM t",
      "SELECT t.a, (SELECT MAX(x) FROM UNNEST([t.a, u.v]) x) FROM t JOIN u ON EXISTS(SELECT 1 FROM UNNEST(t.arr) e WHERE e = u.a)",
    ]));
});

describe("functions that become lambdas", () => {
  it("read columns of the queries around", () =>
    allSame(engine, [
      "SELECT a, (SELECT COUNT(*) FROM u WHERE EXISTS(SELECT 1 FROM UNNEST(ARRAY_TRANSFORM([1,2,3], e -> e + t.a)) x WHERE x = u.a)) FROM t",
      "SELECT a, (SELECT MAX(ARRAY_LENGTH(ARRAY_FILTER([1, 2, v], e -> e > t.a))) FROM u) FROM t",
      "SELECT a, ARRAY(SELECT ARRAY_LENGTH(GENERATE_DATE_ARRAY(t.ds, DATE_ADD(t.ds, INTERVAL v DAY))) FROM u WHERE v < 20 ORDER BY v) FROM t",
      "SELECT a, (SELECT COUNT(*) FROM u WHERE ARRAY_LENGTH(ARRAY_FILTER(t.arr, e -> e > u.a)) > 0) FROM t",
      "SELECT a, (SELECT STRING_AGG(FORMAT('%d-%d', t.a, u.v) ORDER BY v) FROM u) FROM t",
      "SELECT a, ARRAY(SELECT SAFE_DIVIDE(u.v, t.a) FROM u ORDER BY v) FROM t",
      "SELECT a, (SELECT SUM(SAFE_CAST(CONCAT(t.b, CAST(u.v AS STRING)) AS INT64)) FROM u) FROM t",
      "SELECT a, (SELECT MAX(DATE_DIFF(DATE_ADD(t.ds, INTERVAL u.v DAY), DATE '2024-01-01', MONTH)) FROM u) FROM t",
    ]));
});
