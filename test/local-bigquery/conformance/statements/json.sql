SELECT JSON_VALUE('{"a":{"b":"c"}}', '$.a.b'), JSON_QUERY('{"a":{"b":"c"}}', '$.a'), JSON_VALUE('{"a":1.50}', '$.a'), JSON_VALUE('{"a":true}', '$.a'), JSON_VALUE('{"a":null}', '$.a'), JSON_VALUE('{"a":[1,2]}', '$.a[1]'), JSON_VALUE('{"a b":1}', '$."a b"'), JSON_VALUE('bad', '$')
SELECT JSON_EXTRACT('{"a":[1,{"b":2}]}', '$.a'), JSON_EXTRACT_SCALAR('{"a":"x"}', '$.a'), JSON_EXTRACT_ARRAY('[1,"2",{"a":3}]'), JSON_EXTRACT_STRING_ARRAY('["a","b"]'), JSON_QUERY_ARRAY('{"a":[1,2]}', '$.a'), JSON_VALUE_ARRAY('["a",1,true]'), JSON_VALUE_ARRAY('{"a":1}', '$.b')
SELECT TO_JSON(1), TO_JSON('a'), TO_JSON([1,2]), TO_JSON(STRUCT(1 AS a)), TO_JSON(NULL), TO_JSON(DATE '2020-01-01'), TO_JSON(1.5), TO_JSON(NUMERIC '1.5'), TO_JSON(b'abc'), TO_JSON(TIMESTAMP '2020-01-01 00:00:00+00')
SELECT TO_JSON_STRING(1), TO_JSON_STRING('a"b'), TO_JSON_STRING([1,NULL]), TO_JSON_STRING(STRUCT(1 AS a, 'x' AS b), TRUE), TO_JSON_STRING(9007199254740993), TO_JSON_STRING(1e100), TO_JSON_STRING(CAST('nan' AS FLOAT64)), TO_JSON_STRING(BIGNUMERIC '1.5'), TO_JSON_STRING(NUMERIC '1.50'), TO_JSON_STRING('é😀'), TO_JSON_STRING('<>&'), TO_JSON_STRING('a/b')
SELECT JSON '{"a":1}'.a, JSON '[1,2]'[0], JSON '{"a":{"b":[5]}}'.a.b[0], JSON '{"a":1}'['a'], JSON '{"a":1}'.x
SELECT INT64(JSON '1'), FLOAT64(JSON '1.5'), STRING(JSON '"a"'), BOOL(JSON 'true'), JSON_TYPE(JSON '[]'), JSON_TYPE(JSON '1'), JSON_TYPE(JSON '1.5'), JSON_TYPE(JSON 'null'), LAX_INT64(JSON '"12"'), LAX_STRING(JSON '1.0'), LAX_BOOL(JSON '1'), LAX_FLOAT64(JSON '"x"')
SELECT SAFE.INT64(JSON '"a"'), SAFE.PARSE_JSON('{'), PARSE_JSON('{"b":1,"a":[1.0, 2e3]}'), PARSE_JSON('1.23456789012345678901', wide_number_mode => 'round')
SELECT JSON_SET(JSON '{"a":1}', '$.b', 2), JSON_SET(JSON '{"a":1}', '$.a', 'x', '$.c.d', 5), JSON_REMOVE(JSON '{"a":1,"b":2}', '$.a'), JSON_STRIP_NULLS(JSON '{"a":null,"b":[null]}'), JSON_ARRAY_APPEND(JSON '[1]', '$', 2), JSON_ARRAY_INSERT(JSON '[1,2]', '$[1]', 9), JSON_OBJECT('a', 1, 'b', [1]), JSON_ARRAY(1, 'a', NULL), JSON_KEYS(JSON '{"a":{"b":1}}'), JSON_OBJECT(['x','y'], [1,2]), JSON_OBJECT()
SELECT JSON_SET(JSON '{"a":1}', '$.b', 2, create_if_missing => FALSE), JSON_KEYS(JSON '{"a":{"b":1}}', 1), JSON_KEYS(JSON '{"a":[{"b":1}]}', mode => 'lax'), JSON_STRIP_NULLS(JSON '{"a":null,"b":[null]}', include_arrays => FALSE), JSON_STRIP_NULLS(JSON '{"a":{"b":null}}', remove_empty => TRUE), JSON_ARRAY_APPEND(JSON '[1]', '$', [2,3], append_each_element => FALSE)
SELECT j.a, JSON_VALUE(j, '$.a'), INT64(j.a), j IS NULL FROM UNNEST([JSON '{"a":1}', JSON '{"a":2}', NULL]) j
SELECT SUM(INT64(j.n)) FROM UNNEST([JSON '{"n":1}', JSON '{"n":2}']) j
SELECT JSON_QUERY(JSON '{"a":[{"b":1},{"b":2}]}', 'lax $.a.b'), JSON_QUERY(JSON '[{"b":1},[{"b":2}]]', 'lax recursive $.b')
SELECT ARRAY(SELECT STRING(x) FROM UNNEST(JSON_QUERY_ARRAY(JSON '["a","b"]')) x)
SELECT x, COUNT(*) FROM (SELECT JSON_VALUE(j, '$.k') x FROM UNNEST(['{"k":"a"}','{"k":"a"}','{}']) j) GROUP BY x
SELECT JSON '1' IS NULL, ARRAY_AGG(j) FROM UNNEST([JSON '1', JSON '{"b":1,"a":2}']) j
SELECT JSON_EXTRACT(JSON '{"a":1}', '$.a'), JSON_VALUE(JSON '{"a":"1"}', '$.a'), JSON_QUERY(JSON '"x"', '$'), JSON_QUERY('"x"', '$')
SELECT STRING_ARRAY(JSON '["a"]'), INT64_ARRAY(JSON '[1,2]'), FLOAT64_ARRAY(JSON '[1.5]'), BOOL_ARRAY(JSON '[true]'), LAX_INT64_ARRAY(JSON '["1"]'), LAX_STRING_ARRAY(JSON '[1]')
SELECT JSON_VALUE('{"a":"\\u00e9\\n"}', '$.a'), JSON_QUERY('{"a": [1,  2 ]}', '$.a'), JSON_QUERY('{"a":1.0}', '$.a'), JSON_VALUE('{"a":1e2}','$.a'), JSON_VALUE('{"a":-0}', '$.a'), JSON_VALUE('{"a":0.10}', '$.a'), JSON_VALUE('{"a":"1", "a":"2"}', '$.a')
SELECT JSON '{"z":1,"a":2}', PARSE_JSON('{"z":1,"a":2}'), TO_JSON(STRUCT(1 AS z, 2 AS a)), JSON '1.0', JSON '1e5', JSON '-0', JSON '[1, 2 ,3]'
