CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE event (
    seq      INTEGER PRIMARY KEY,   -- from 1, without gaps
    at       REAL NOT NULL,         -- seconds since the epoch
    node     TEXT NOT NULL,         -- '' where the event is about the run
    kind     TEXT NOT NULL,
    checksum INTEGER NOT NULL,      -- CRC-32 over all the others
    body     TEXT NOT NULL          -- the event's other fields, a JSON object in ASCII
);
