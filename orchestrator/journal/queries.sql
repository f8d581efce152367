-- Every statement of the package except pragmas and migrations. A block's name is what code asks for.

-- name: insert_meta
INSERT INTO meta (key, value) VALUES (?, ?)

-- name: select_meta
SELECT key, value FROM meta

-- A group of rows is this statement with more rows of parameters behind it.
-- name: insert_event
INSERT INTO event (seq, at, node, kind, checksum, body) VALUES (?, ?, ?, ?, ?, ?)

-- name: select_events
SELECT seq, at, node, kind, checksum, body FROM event WHERE seq > ? ORDER BY seq

-- name: select_last_seq
SELECT coalesce(max(seq), 0) FROM event

-- name: select_last_event
SELECT seq, at, node, kind, checksum, body FROM event ORDER BY seq DESC LIMIT 1

-- name: select_cached
SELECT outputs, checksum FROM node_cache WHERE key = ?

-- name: upsert_cached
INSERT INTO node_cache (key, created, tool, checksum, outputs) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    created = excluded.created, tool = excluded.tool, checksum = excluded.checksum, outputs = excluded.outputs

-- name: measure_cached_before
SELECT count(*), coalesce(sum(length(key) + length(outputs)), 0) FROM node_cache WHERE created < ?

-- name: delete_cached_before
DELETE FROM node_cache WHERE created < ?

-- name: delete_cached_beyond
DELETE FROM node_cache WHERE key IN (
    SELECT key FROM (
        SELECT key, sum(length(key) + length(outputs)) OVER (ORDER BY created DESC, key) AS newest
        FROM node_cache WHERE tool = :tool
    ) WHERE newest > :size
)

-- name: select_durations
SELECT node, seconds FROM duration WHERE workflow = ?

-- name: upsert_duration
INSERT INTO duration (workflow, node, seconds, runs) VALUES (:workflow, :node, :seconds, 1)
ON CONFLICT (workflow, node) DO UPDATE SET
    seconds = :weight * excluded.seconds + (1.0 - :weight) * seconds, runs = runs + 1
