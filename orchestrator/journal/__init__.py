"""What a run remembers, on disk: killed at any moment, nothing committed is lost.

::

    <state>/runs/<run-id>/journal.db   the events of one run; the only memory (writer, reader, replay)
    <state>/runs/<run-id>/lock         which engine works on the run (lock)
    <state>/cache.db                   results of nodes by content, and how long nodes take (state, cache, durations)

Promises:

* A ``journal.db`` is whole or absent: it is built under another name and moved into place.
* Every commit is a group of events and is flushed to the disk (``synchronous=FULL``) before it counts.
* One connection writes and checkpoints. SQLite before 3.51.3 can corrupt a database in WAL mode when two do
  (https://sqlite.org/wal.html, "The WAL-reset bug"); readers open read-only. ``cache.db``, which several engines
  write, therefore does without WAL.
* What is read back is what was written: rows are numbered without gaps and carry a checksum.
"""
