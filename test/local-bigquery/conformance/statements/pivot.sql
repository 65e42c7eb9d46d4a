SELECT * FROM sales PIVOT(SUM(qty) FOR quarter IN ('Q1', 'Q2', 'Q3'))
SELECT * FROM (SELECT product, quarter, qty FROM sales) PIVOT(SUM(qty) AS s, COUNT(*) AS c FOR quarter IN ('Q1' AS one, 'Q2' AS two))
SELECT * FROM (SELECT product, quarter, qty FROM sales) PIVOT(MAX(qty) FOR (quarter, product) IN (('Q1','A') AS a1, ('Q2','B') AS b2))
SELECT * FROM wide UNPIVOT(v FOR k IN (q1, q2, q3))
SELECT * FROM wide UNPIVOT INCLUDE NULLS (v FOR k IN (q1 AS 'first', q2 AS 'second', q3 AS 'third'))
SELECT product, SUM(v) FROM (SELECT * FROM (SELECT product, quarter, qty FROM sales) PIVOT(SUM(qty) FOR quarter IN ('Q1','Q2'))) UNPIVOT(v FOR q IN (Q1, Q2)) GROUP BY product
SELECT * FROM (SELECT product, quarter, price FROM sales) PIVOT(AVG(price) avg_p, ARRAY_AGG(price IGNORE NULLS) arr FOR quarter IN ('Q1','Q2'))
