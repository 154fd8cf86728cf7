"""What long lists are read by: the day of entry, orders, counts, and the words a case is found by.

Counts and words follow from the cases by triggers, so no writer can forget them.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, is_sqlite, refuse

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = {
    # the public list, whole and by each of its filters
    "ix_cases_entered": ["registered_on", "project_number"],
    "ix_cases_entered_scheme": ["scheme", "registered_on", "project_number"],
    "ix_cases_entered_district": ["district_code", "registered_on", "project_number"],
    "ix_cases_entered_both": ["district_code", "scheme", "registered_on", "project_number"],
    # the desk's list
    "ix_cases_moved": ["state_since", "id"],
    "ix_cases_moved_state": ["state", "state_since", "id"],
    "ix_cases_moved_scheme": ["scheme", "state_since", "id"],
    "ix_cases_moved_district": ["district_code", "state_since", "id"],
}
# Their first column is now the first of a longer one.
REPLACED = {"ix_cases_state": ["state"], "ix_cases_district_code": ["district_code"]}
KEYS = "body_id, state, scheme, district_code, entered"
LONGEST = 1400  # characters of a case's words: six names and numbers of at most 200


def kind_of(row):
    """The key of a case's count."""
    entered = f"CASE WHEN {row}.registered_on IS NULL THEN 0 ELSE 1 END"
    return f"{row}.body_id, {row}.state, COALESCE({row}.scheme, ''), COALESCE({row}.district_code, ''), {entered}"


def area_of(row):
    return f"CAST(ROUND(COALESCE({row}.area_mu, 0) * 10000) AS BIGINT)"


def words_of(row):
    """What a case is found by; `row` names its columns."""
    names = [f"{row}.name", f"COALESCE({row}.number, '')", f"COALESCE({row}.project_number, '')"]
    for party in ("proponent_org_id", "agent_org_id"):
        for name in ("name", "name_en"):
            names.append(f"COALESCE((SELECT o.{name} FROM organisations o WHERE o.id = {row}.{party}), '')")
    line = "char(10)" if is_sqlite() else "chr(10)"
    return "lower(" + f" || {line} || ".join(names) + ")"


def after(name, table, event, body):
    """Do `body` after `event` for each row, in the words of both engines."""
    if is_sqlite():
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {body} END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NULL; END $body$"
    )
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade():
    op.add_column("cases", sa.Column("registered_on", sa.Date(), nullable=True))
    op.create_table(
        "case_counts",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("area_scaled", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_case_counts_body_id")),
        sa.PrimaryKeyConstraint(*KEYS.split(", "), name=op.f("pk_case_counts")),
    )
    op.create_table(
        "case_words",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_words_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_words")),
    )
    # What stands there already. The day of entry first: the counts tell cases with an entry apart.
    first = "(SELECT min(r.registered_on) FROM registrations r WHERE r.case_id = cases.id)"
    op.execute(f"UPDATE cases SET registered_on = {first} WHERE EXISTS (SELECT 1 FROM registrations r WHERE r.case_id = cases.id)")
    op.execute(
        f"INSERT INTO case_counts ({KEYS}, cases, area_scaled)"
        f" SELECT {kind_of('c')}, count(*), sum({area_of('c')}) FROM cases c GROUP BY 1, 2, 3, 4, 5"
    )
    op.execute(f"INSERT INTO case_words (case_id, words) SELECT c.id, {words_of('c')} FROM cases c")
    for name in REPLACED:
        op.drop_index(name, "cases")
    for name, columns in INDEXES.items():
        op.create_index(name, "cases", columns, unique=False)
    op.create_index("ix_deliberations_question", "deliberations", ["question", "case_id"], unique=False)
    _keep_day_of_entry()
    _keep_counts()
    _keep_words()
    _keep_grams()


def _keep_day_of_entry():
    after(
        "registrations_first",
        "registrations",
        "INSERT",
        "UPDATE cases SET registered_on = NEW.registered_on WHERE id = NEW.case_id AND registered_on IS NULL;",
    )
    refuse(
        "cases_day_of_entry",
        "cases",
        "UPDATE",
        "COALESCE(NEW.registered_on, '0001-01-01') <> COALESCE(OLD.registered_on, '0001-01-01')"
        " AND (OLD.registered_on IS NOT NULL OR NOT EXISTS (SELECT 1 FROM registrations r"
        " WHERE r.case_id = NEW.id AND r.registered_on = NEW.registered_on))",
        "the day of entry is that of the first registration",
    )
    refuse("cases_not_yet_entered", "cases", "INSERT", "NEW.registered_on IS NOT NULL", "a case begins as a draft, without an entry")


def _keep_counts():
    if is_sqlite():
        add = (
            f"INSERT INTO case_counts ({KEYS}, cases, area_scaled) VALUES ({kind_of('NEW')}, 1, {area_of('NEW')})"
            f" ON CONFLICT ({KEYS}) DO UPDATE SET cases = cases + 1, area_scaled = area_scaled + excluded.area_scaled;"
        )
        take = (
            f"UPDATE case_counts SET cases = cases - 1, area_scaled = area_scaled - {area_of('OLD')}"
            f" WHERE ({KEYS}) = ({kind_of('OLD')});"
        )
        after("cases_counted_insert", "cases", "INSERT", add)
        columns = "body_id, state, scheme, district_code, registered_on, area_mu"
        after("cases_counted_update", "cases", f"UPDATE OF {columns}", take + add)
        after("cases_counted_delete", "cases", "DELETE", take)
        return
    # Once a statement, so that many rows at once cost one change of each count. The head of the audit chain is
    # locked first: every act takes it anyway, and two acts cannot then wait for each other's counts.
    there = {"insert": ["new"], "update": ["new", "old"], "delete": ["old"]}
    for event, rows in there.items():
        sign = {"new": "", "old": "-"}
        parts = (
            f"SELECT {kind_of('r')}, {sign[row]}1, {sign[row]}{area_of('r')} FROM {row}_rows r" for row in rows
        )
        deltas = (
            f"SELECT {KEYS}, sum(n) AS n, sum(area) AS area FROM ({' UNION ALL '.join(parts)}) AS d ({KEYS}, n, area)"
            f" GROUP BY {KEYS} HAVING sum(n) <> 0 OR sum(area) <> 0"
        )
        op.execute(
            f"CREATE FUNCTION cases_counted_{event}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN"
            f" IF NOT EXISTS ({deltas}) THEN RETURN NULL; END IF;"
            " PERFORM 1 FROM audit_head WHERE id = 1 FOR UPDATE;"
            f" INSERT INTO case_counts AS kept ({KEYS}, cases, area_scaled) {deltas}"
            f" ON CONFLICT ({KEYS}) DO UPDATE SET cases = kept.cases + excluded.cases,"
            " area_scaled = kept.area_scaled + excluded.area_scaled; RETURN NULL; END $body$"
        )
        tables = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
        op.execute(
            f"CREATE TRIGGER cases_counted_{event} AFTER {event.upper()} ON cases REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION cases_counted_{event}()"
        )


def _keep_words():
    changed = "name, number, project_number, proponent_org_id, agent_org_id"
    after("cases_worded_insert", "cases", "INSERT",
          f"INSERT INTO case_words (case_id, words) VALUES (NEW.id, {words_of('NEW')});")  # fmt: skip
    after("cases_worded_update", "cases", f"UPDATE OF {changed}",
          f"UPDATE case_words SET words = {words_of('NEW')} WHERE case_id = NEW.id AND words <> {words_of('NEW')};")  # fmt: skip
    after(
        "organisations_worded",
        "organisations",
        "UPDATE OF name, name_en",
        f"UPDATE case_words SET words = (SELECT {words_of('c')} FROM cases c WHERE c.id = case_words.case_id) WHERE case_id IN"
        " (SELECT c.id FROM cases c WHERE c.proponent_org_id = NEW.id OR c.agent_org_id = NEW.id);",
    )


def _keep_grams():
    """Index every pair of neighbouring characters of the words (on the server, single ones too)."""
    if not is_sqlite():
        op.execute(
            "CREATE FUNCTION case_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$"
            " SELECT array_agg(DISTINCT substr(words, n, k))"
            " FROM generate_series(1, length(words)) AS n, generate_series(1, 2) AS k $$"
        )
        # Kept, not worked out in the index alone: where a word is common the server looks at rows instead.
        op.execute("ALTER TABLE case_words ADD COLUMN grams text[] GENERATED ALWAYS AS (case_grams(words)) STORED")
        op.execute("CREATE INDEX ix_case_words_grams ON case_words USING gin (grams)")
        return
    # SQLite's own full-text index is not used: its trigrams cannot find a word of two characters, and no trigger
    # may write to it while trusted_schema is off. Here a plain table lists the cases of each pair.
    op.create_table(
        "case_search_places", sa.Column("n", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("n")
    )
    op.execute(
        "INSERT INTO case_search_places (n) WITH RECURSIVE p (n) AS"
        f" (SELECT 1 UNION ALL SELECT n + 1 FROM p WHERE n < {LONGEST}) SELECT n FROM p"
    )
    op.create_table(
        "case_search",
        sa.Column("gram", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("gram", "case_id"),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO case_search (gram, case_id) {pairs_of('w', 'case_words w CROSS JOIN ')} ORDER BY 1, 2")
    add = f"INSERT INTO case_search (gram, case_id) {pairs_of('NEW')}"
    take = f"DELETE FROM case_search WHERE case_id = OLD.case_id AND gram IN (SELECT gram FROM ({pairs_of('OLD')}))"
    gone = " AND instr(NEW.words, gram) = 0"
    fresh = " EXCEPT SELECT s.gram, s.case_id FROM case_search s WHERE s.case_id = NEW.case_id AND s.gram IN"
    fresh += f" (SELECT gram FROM ({pairs_of('NEW')}))"
    after("case_words_insert", "case_words", "INSERT", f"{add};")
    after("case_words_update", "case_words", "UPDATE", f"{take}{gone}; {add}{fresh};")
    after("case_words_delete", "case_words", "DELETE", f"{take};")


def pairs_of(row, source=""):
    """Every two neighbours of a row's words, and their last character, each once: `gram, case_id`."""
    return (
        f"SELECT DISTINCT substr({row}.words, p.n, 2) AS gram, {row}.case_id FROM {source}case_search_places p"
        f" WHERE p.n <= length({row}.words)"
    )


def downgrade():
    own = {
        "case_words": ("case_words_insert", "case_words_update", "case_words_delete") if is_sqlite() else (),
        "organisations": ("organisations_worded",),
        "cases": (
            *("cases_worded_insert", "cases_worded_update", "cases_day_of_entry", "cases_not_yet_entered"),
            *("cases_counted_insert", "cases_counted_update", "cases_counted_delete"),
        ),
        "registrations": ("registrations_first",),
    }
    for table, names in own.items():
        for name in names:
            allow(name, table)
    op.drop_index("ix_deliberations_question", "deliberations")
    for name in INDEXES:
        op.drop_index(name, "cases")
    for name, columns in REPLACED.items():
        op.create_index(name, "cases", columns, unique=False)
    if is_sqlite():
        op.execute("DROP TABLE case_search")
        op.execute("DROP TABLE case_search_places")
    op.drop_table("case_words")
    if not is_sqlite():
        op.execute("DROP FUNCTION case_grams(text)")
    op.drop_table("case_counts")
    op.drop_column("cases", "registered_on")
