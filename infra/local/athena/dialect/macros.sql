-- What DuckDB computes otherwise than Trino, under names that no query can write by itself.
-- cast_to_type takes only the type of its second argument.

-- Trino keeps decimals: the quotient has the larger of both scales, halves away from zero. DuckDB
-- gives a double; its relative error is below 6e-16, so 1e-15 lifts every exact half over the edge,
-- and no quotient below a half is lifted over it while the dividend stays under 30 billion.
-- Dividing by zero must fail, by a cast rather than by error(), which TRY does not catch.
CREATE MACRO trino_divide(a, b) AS CASE
  WHEN a IS NOT NULL AND b = 0 AND typeof(a + b) NOT IN ('DOUBLE', 'FLOAT')
    THEN cast_to_type('DIVISION_BY_ZERO' || CAST(b AS VARCHAR), a + b)
  WHEN typeof(a + b) LIKE 'DECIMAL%' THEN cast_to_type(a / b * (1 + 1e-15), a + b)
  WHEN typeof(a + b) LIKE '%INT%' THEN cast_to_type(a // b, a + b)
  ELSE cast_to_type(a / b, a + b) END;
CREATE MACRO trino_to_integer(x VARCHAR) AS x, (x DOUBLE) AS round(x), (x BIGINT) AS x, (x BOOLEAN) AS x;
CREATE MACRO trino_to_varchar(x DATE) AS CAST(x AS VARCHAR),
  (x TIMESTAMP) AS strftime(x, '%Y-%m-%d %H:%M:%S.%g'), (x) AS CAST(x AS VARCHAR);
CREATE MACRO trino_round(x) AS round(x), (x, digits) AS cast_to_type(round(x, digits), x);
CREATE MACRO trino_width_bucket(x, low, high, n) AS CASE
  WHEN x < low THEN 0 WHEN x >= high THEN n + 1
  ELSE CAST(floor(CAST(x - low AS DOUBLE) / CAST(high - low AS DOUBLE) * n) AS BIGINT) + 1 END;

-- Trino: NULL when any argument is NULL.
CREATE MACRO trino_greatest(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE greatest(a, b) END,
  (a, b, c) AS CASE WHEN a IS NULL OR b IS NULL OR c IS NULL THEN NULL ELSE greatest(a, b, c) END;
CREATE MACRO trino_least(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE least(a, b) END,
  (a, b, c) AS CASE WHEN a IS NULL OR b IS NULL OR c IS NULL THEN NULL ELSE least(a, b, c) END;
CREATE MACRO trino_concat(a, b) AS a || b, (a, b, c) AS a || b || c, (a, b, c, d) AS a || b || c || d,
  (a, b, c, d, e) AS a || b || c || d || e;

-- Trino: NULL where nothing is found; references in a replacement are $1, not \1.
CREATE MACRO trino_split_part(x, delimiter, n) AS string_split(x, delimiter)[n];
CREATE MACRO trino_regexp_extract(x, pattern) AS CASE WHEN regexp_matches(x, pattern) THEN regexp_extract(x, pattern) END,
  (x, pattern, n) AS CASE WHEN regexp_matches(x, pattern) THEN regexp_extract(x, pattern, n) END;
CREATE MACRO trino_regexp_replace(x, pattern) AS regexp_replace(x, pattern, '', 'g'),
  (x, pattern, y) AS regexp_replace(x, pattern, regexp_replace(y, '\$(\d)', '\\\1', 'g'), 'g');
CREATE MACRO trino_levenshtein_distance(x, y) AS levenshtein(x, y);
CREATE MACRO trino_to_hex(x) AS upper(hex(x));
CREATE MACRO trino_md5(x) AS unhex(md5(x));
CREATE MACRO trino_sha256(x) AS unhex(sha256(x));

-- Trino counts complete units, and what begins as a date stays one.
CREATE MACRO trino_interval(unit, n) AS CASE lower(unit)
  WHEN 'millisecond' THEN to_milliseconds(n) WHEN 'second' THEN to_seconds(n)
  WHEN 'minute' THEN to_minutes(n) WHEN 'hour' THEN to_hours(n) WHEN 'day' THEN to_days(CAST(n AS INTEGER))
  WHEN 'week' THEN to_weeks(CAST(n AS INTEGER)) WHEN 'month' THEN to_months(CAST(n AS INTEGER))
  WHEN 'quarter' THEN to_months(3 * CAST(n AS INTEGER)) WHEN 'year' THEN to_years(CAST(n AS INTEGER))
  ELSE CAST('INVALID_UNIT ' || unit AS INTERVAL) END;
CREATE MACRO trino_plus(d DATE, i INTERVAL) AS CAST(d + i AS DATE), (t TIMESTAMP, i INTERVAL) AS t + i,
  (t TIMESTAMP WITH TIME ZONE, i INTERVAL) AS t + i, (i INTERVAL, d DATE) AS CAST(d + i AS DATE), (a, b) AS a + b;
CREATE MACRO trino_minus(d DATE, i INTERVAL) AS CAST(d - i AS DATE), (t TIMESTAMP, i INTERVAL) AS t - i,
  (t TIMESTAMP WITH TIME ZONE, i INTERVAL) AS t - i, (a, b) AS a - b;
CREATE MACRO trino_date_add(unit, n, d DATE) AS CAST(d + trino_interval(unit, n) AS DATE),
  (unit, n, t TIMESTAMP) AS t + trino_interval(unit, n),
  (unit, n, t TIMESTAMP WITH TIME ZONE) AS t + trino_interval(unit, n);
CREATE MACRO trino_date_diff(unit, a, b) AS date_sub(lower(unit), CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP));
CREATE MACRO trino_date_trunc(unit, d DATE) AS CAST(date_trunc(unit, d) AS DATE),
  (unit, t TIMESTAMP) AS date_trunc(unit, t), (unit, t TIMESTAMP WITH TIME ZONE) AS date_trunc(unit, t);
CREATE MACRO trino_date_format(x, format) AS strftime(CAST(x AS TIMESTAMP), format);
CREATE MACRO trino_date_parse(x, format) AS strptime(x, format);
CREATE MACRO trino_from_unixtime(x) AS to_timestamp(x);
CREATE MACRO trino_to_unixtime(x) AS epoch(x);
CREATE MACRO trino_last_day_of_month(x) AS last_day(x);
CREATE MACRO trino_day_of_year(x) AS dayofyear(x);
CREATE MACRO trino_date(x) AS CAST(x AS DATE);
CREATE MACRO trino_from_iso8601_timestamp(x) AS CAST(x AS TIMESTAMP WITH TIME ZONE);
CREATE MACRO trino_millisecond(x) AS millisecond(x) % 1000;

CREATE MACRO trino_json_parse(x) AS json(x);
CREATE MACRO trino_json_format(x) AS CAST(json(x) AS VARCHAR);
CREATE MACRO trino_json_array_length(x) AS CAST(json_array_length(x) AS BIGINT);
CREATE MACRO trino_json_extract(x, path) AS json_extract(x, path);
CREATE MACRO trino_json_extract_scalar(x, path) AS CASE
  WHEN json_type(x, path) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN json_extract_string(x, path) END;

CREATE MACRO trino_map_agg(k, v) AS map_from_entries(list(row(k, v)));
CREATE MACRO trino_map_keys(x) AS map_keys(x);
CREATE MACRO trino_map_values(x) AS map_values(x);
CREATE MACRO trino_cardinality(x) AS len(x);
CREATE MACRO trino_element_at(x, key) AS x[key];
CREATE MACRO trino_flatten(x) AS flatten(x);
CREATE MACRO trino_slice(x, start, n) AS list_slice(x, start, start + n - 1);
CREATE MACRO trino_array_join(x, delimiter) AS array_to_string(x, delimiter),
  (x, delimiter, absent) AS array_to_string(list_transform(x, lambda v: coalesce(CAST(v AS VARCHAR), absent)), delimiter);
CREATE MACRO trino_array_distinct(x) AS list_filter(x, lambda v, i: list_position(x, v) = i);
CREATE MACRO trino_array_position(x, v) AS coalesce(list_position(x, v), 0);
CREATE MACRO trino_array_sort(x) AS list_sort(x, 'ASC', 'NULLS LAST');
