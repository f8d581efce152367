CREATE TABLE node_cache (
    key      TEXT PRIMARY KEY,      -- SHA-256 in hex over all that the result depends on
    created  REAL NOT NULL,         -- seconds since the epoch
    tool     TEXT NOT NULL,         -- the version of Rung that stored it
    checksum INTEGER NOT NULL,      -- CRC-32 over key and outputs
    outputs  TEXT NOT NULL          -- a JSON object in ASCII
) WITHOUT ROWID;

CREATE INDEX node_cache_created ON node_cache (created);

CREATE TABLE duration (
    workflow TEXT NOT NULL,
    node     TEXT NOT NULL,
    seconds  REAL NOT NULL,         -- exponentially weighted mean, the newest run weighs most
    runs     INTEGER NOT NULL,
    PRIMARY KEY (workflow, node)
) WITHOUT ROWID;
