"""The library's tables, as numbered migrations: each is one step, is never edited, and runs once in a transaction."""

from __future__ import annotations

import sqlite3

from studio.errors import SettingsError

MIGRATIONS: tuple[str, ...] = (
    # 1: owners, jobs, takes, their history, and what this machine was measured to need
    """
    CREATE TABLE owners (id TEXT PRIMARY KEY, created REAL NOT NULL);
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL REFERENCES owners(id),
        state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'finishing', 'done', 'failed', 'cancelled')),
        stage TEXT NOT NULL DEFAULT '',
        step INTEGER NOT NULL DEFAULT 0,
        steps INTEGER NOT NULL DEFAULT 0,
        eta REAL,
        preview_version INTEGER NOT NULL DEFAULT 0,
        take_id TEXT,
        error TEXT,
        notice TEXT,
        shot TEXT NOT NULL,
        recipe TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        stop INTEGER NOT NULL DEFAULT 0,
        created REAL NOT NULL,
        started REAL,
        finished REAL
    );
    CREATE INDEX jobs_by_state ON jobs(state, created);
    CREATE INDEX jobs_by_owner ON jobs(owner, created);
    CREATE TABLE takes (
        id TEXT PRIMARY KEY,
        job_id TEXT NOT NULL,
        owner TEXT NOT NULL REFERENCES owners(id),
        recipe TEXT NOT NULL,
        report TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        frames INTEGER NOT NULL,
        fps INTEGER NOT NULL,
        seconds TEXT NOT NULL,
        created REAL NOT NULL,
        starred INTEGER NOT NULL DEFAULT 0,
        deleted REAL
    );
    CREATE INDEX takes_by_owner ON takes(owner, created);
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        job_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL
    );
    CREATE INDEX events_by_job ON events(job_id, id);
    CREATE TABLE measurements (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        model TEXT NOT NULL,
        machine TEXT NOT NULL,
        part TEXT NOT NULL,
        amount REAL NOT NULL,
        seconds REAL NOT NULL
    );
    CREATE INDEX measurements_by_part ON measurements(model, machine, part, id);
    """,
    # 2: jobs that can be paused, moved, grouped and leased; takes with a name; undo; fairness; settings of owners.
    # Order comes from `seq`, not from a clock, which may be set back.
    """
    CREATE TABLE jobs_2 (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        owner TEXT NOT NULL REFERENCES owners(id),
        state TEXT NOT NULL
            CHECK (state IN ('queued', 'running', 'finishing', 'paused', 'done', 'failed', 'cancelled')),
        stage TEXT NOT NULL DEFAULT '',
        step INTEGER NOT NULL DEFAULT 0,
        steps INTEGER NOT NULL DEFAULT 0,
        eta REAL,
        preview_version INTEGER NOT NULL DEFAULT 0,
        take_id TEXT,
        error TEXT,
        notice TEXT,
        shot TEXT NOT NULL,
        recipe TEXT NOT NULL,
        seed INTEGER NOT NULL DEFAULT 0,
        group_id TEXT NOT NULL DEFAULT '',
        position INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        saved INTEGER NOT NULL DEFAULT 0,
        wish TEXT NOT NULL DEFAULT '' CHECK (wish IN ('', 'stop', 'pause', 'keep')),
        worker TEXT,
        created REAL NOT NULL,
        started REAL,
        finished REAL
    );
    INSERT INTO jobs_2 (id, owner, state, stage, step, steps, eta, preview_version, take_id, error, notice, shot,
        recipe, seed, position, attempts, wish, created, started, finished)
        SELECT id, owner, state, stage, step, steps, eta, preview_version, take_id, error, notice, shot, recipe,
        coalesce(json_extract(recipe, '$.seed'), 0), row_number() OVER (ORDER BY created, rowid), attempts,
        CASE WHEN stop THEN 'stop' ELSE '' END, created, started, finished FROM jobs ORDER BY created, rowid;
    DROP TABLE jobs;
    ALTER TABLE jobs_2 RENAME TO jobs;
    CREATE INDEX jobs_unfinished ON jobs(owner, position) WHERE finished IS NULL;
    CREATE INDEX jobs_by_state ON jobs(state, position);
    CREATE INDEX jobs_by_owner ON jobs(owner, seq);
    CREATE TABLE takes_2 (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        job_id TEXT NOT NULL,
        owner TEXT NOT NULL REFERENCES owners(id),
        recipe TEXT NOT NULL,
        report TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        frames INTEGER NOT NULL,
        fps INTEGER NOT NULL,
        seconds TEXT NOT NULL,
        created REAL NOT NULL,
        starred INTEGER NOT NULL DEFAULT 0,
        deleted REAL,
        name TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        group_id TEXT NOT NULL DEFAULT '',
        kept INTEGER NOT NULL DEFAULT 0,
        words TEXT NOT NULL DEFAULT ''
    );
    INSERT INTO takes_2 (id, job_id, owner, recipe, report, sha256, width, height, frames, fps, seconds, created,
        starred, deleted, words)
        SELECT id, job_id, owner, recipe, report, sha256, width, height, frames, fps, seconds, created,
        starred, deleted, lower(coalesce(json_extract(recipe, '$.prompt'), '')) FROM takes ORDER BY created, rowid;
    DROP TABLE takes;
    ALTER TABLE takes_2 RENAME TO takes;
    CREATE INDEX takes_by_owner ON takes(owner, seq);
    CREATE TABLE stills (
        take_id TEXT NOT NULL,
        frame INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        PRIMARY KEY (take_id, frame)
    );
    CREATE TABLE undo (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        owner TEXT NOT NULL,
        kind TEXT NOT NULL,
        data TEXT NOT NULL
    );
    CREATE INDEX undo_by_owner ON undo(owner, id);
    CREATE TABLE workers (
        id TEXT PRIMARY KEY,
        pid INTEGER NOT NULL,
        host TEXT NOT NULL,
        serves INTEGER NOT NULL,
        beat INTEGER NOT NULL DEFAULT 0
    );
    ALTER TABLE owners ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE owners ADD COLUMN served INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE owners ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}';
    """,
    # 3: signed manifests, to lead a clip that lost its own back to it
    """
    CREATE TABLE credentials (
        manifest_id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        take_id TEXT NOT NULL DEFAULT '',
        manifest BLOB NOT NULL,
        code BLOB NOT NULL,
        mark TEXT NOT NULL DEFAULT '',
        created REAL NOT NULL
    );
    CREATE INDEX credentials_by_mark ON credentials(mark) WHERE mark <> '';
    CREATE INDEX credentials_by_take ON credentials(take_id);
    """,
    # 4: which job shot what of which film, and what a job waits for
    """
    CREATE TABLE film_shots (
        job_id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        film TEXT NOT NULL,
        shot TEXT NOT NULL,
        key TEXT NOT NULL
    );
    CREATE INDEX film_shots_by_key ON film_shots(owner, key);
    CREATE INDEX film_shots_by_film ON film_shots(film, shot);
    CREATE TABLE needs (
        job_id TEXT NOT NULL,
        need TEXT NOT NULL,
        how TEXT NOT NULL,
        PRIMARY KEY (job_id, need, how)
    );
    """,
    # 5: films with every edit, and what was finished of them
    """
    CREATE TABLE films (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        owner TEXT NOT NULL REFERENCES owners(id),
        title TEXT NOT NULL,
        script TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        at INTEGER NOT NULL DEFAULT 0,
        created REAL NOT NULL,
        changed REAL NOT NULL,
        deleted REAL
    );
    CREATE INDEX films_by_owner ON films(owner, changed);
    CREATE TABLE film_edits (
        film TEXT NOT NULL,
        number INTEGER NOT NULL,
        said TEXT NOT NULL,
        script TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (film, number)
    );
    CREATE TABLE film_exports (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        film TEXT NOT NULL,
        owner TEXT NOT NULL,
        state TEXT NOT NULL,
        stage TEXT NOT NULL DEFAULT '',
        done INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        asked TEXT NOT NULL,
        facts TEXT NOT NULL DEFAULT '{}',
        worker TEXT,
        created REAL NOT NULL
    );
    CREATE INDEX film_exports_by_film ON film_exports(film, seq);
    CREATE TABLE take_looks (take_id TEXT PRIMARY KEY, facts TEXT NOT NULL);
    """,
    # 6: how well the parts of a take meet
    """
    ALTER TABLE takes ADD COLUMN seams TEXT NOT NULL DEFAULT '[]';
    """,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest version. Raises SettingsError when it is from a newer studio."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise SettingsError(
            f"the library is of a newer Auteur (version {version}, this one knows {len(MIGRATIONS)}): update, or set "
            "AUTEUR_HOME to another folder"
        )
    while version < len(MIGRATIONS):
        version = _step(connection, version)


def _step(connection: sqlite3.Connection, version: int) -> int:
    """One migration, alone even when two processes start at once: the version is read again under the lock."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (now,) = connection.execute("PRAGMA user_version").fetchone()
        if now == version:
            for statement in MIGRATIONS[version].split(";"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return max(int(now), version + 1)
