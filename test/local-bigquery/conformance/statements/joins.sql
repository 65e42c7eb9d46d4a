SELECT t.a, u.v FROM t JOIN u ON t.a = u.a
SELECT t.a, u.v FROM t LEFT JOIN u ON t.a = u.a AND u.v > 10
SELECT t.a, u.v FROM t RIGHT JOIN u USING (a)
SELECT a, t.b, u.v FROM t FULL JOIN u USING (a)
SELECT t.a, u.v FROM t FULL OUTER JOIN u ON t.a = u.a AND t.b = 'x'
SELECT COUNT(*) FROM t, u
SELECT t.a, u.a FROM t CROSS JOIN u WHERE t.a < u.a
SELECT t.a, u.a FROM t JOIN u ON t.a < u.v AND t.b LIKE 'x%'
SELECT * FROM t JOIN u USING (a)
SELECT * EXCEPT (arr, st) FROM t
SELECT * REPLACE (a * 2 AS a) FROM u
SELECT t.* EXCEPT (f), u.c FROM t LEFT JOIN u ON FALSE
SELECT x.a, y.b FROM (SELECT a FROM t WHERE a > 1) x JOIN (SELECT a, b FROM t) y ON x.a = y.a
SELECT t.a, u.v FROM t JOIN u ON t.a = u.a OR t.a IS NULL AND u.a IS NULL
SELECT t.a, u.v FROM t LEFT JOIN u ON t.a IS NOT DISTINCT FROM u.a
SELECT a.f, b.f FROM t a JOIN t b ON a.f = b.f
SELECT t1.a, t2.a, t3.a FROM t t1 LEFT JOIN (t t2 JOIN u t3 ON t2.a = t3.a) ON t1.a = t2.a
SELECT t.a FROM t LEFT JOIN u ON t.a = u.a WHERE u.a IS NULL
SELECT t.a, e FROM t CROSS JOIN UNNEST(t.arr) AS e
SELECT t.a, e, off FROM t LEFT JOIN UNNEST(t.arr) AS e WITH OFFSET AS off
SELECT t.a, e FROM t, t.arr AS e WHERE e > 2
SELECT t.a, e FROM t JOIN UNNEST([1,2,3]) e ON e = t.a
SELECT t.a, e FROM t LEFT JOIN UNNEST(t.arr) e ON e > 2
SELECT t.a, e FROM t FULL JOIN UNNEST([1,2,10]) e ON e = t.a
SELECT t.a, e FROM t RIGHT JOIN UNNEST([1,2,10]) e ON e = t.a
SELECT o.id, i.sku, i.qty, tag FROM orders o, UNNEST(items) AS i, UNNEST(i.tags) AS tag
SELECT o.id, i.sku, ARRAY_LENGTH(i.tags) FROM orders o LEFT JOIN UNNEST(items) AS i
SELECT o.id, sku, off FROM orders o, UNNEST(o.items) WITH OFFSET off
SELECT e, f FROM UNNEST([1,2]) e, UNNEST(['a','b']) f
SELECT * FROM UNNEST([STRUCT(1 AS a, 'x' AS b), (2, 'y')])
SELECT s FROM UNNEST([STRUCT(1 AS a, 'x' AS b), (2, 'y')]) s
SELECT s.a FROM UNNEST([STRUCT(1 AS a, STRUCT(2 AS c) AS b)]) s WHERE s.b.c = 2
