"""One index of words on both engines, and runs of digits in it.

An entry is two neighbouring characters of a case's words (or their last one), or the digits from some place to the
end of their run, where they are three or more. PostgreSQL had an index of its own (GIN over arrays): it gathers and
sorts every case with a word before it gives the newest, so that a common word took longer the more cases there were.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, is_sqlite

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TRIGGERS = ("case_words_insert", "case_words_update", "case_words_delete")
RUN = 3  # digits that are worth an entry


def places(row):
    """Every place of a row's words: a table p with the column n."""
    if is_sqlite():
        return f"(SELECT n FROM case_search_places WHERE n <= length({row}.words)) p"
    return f"generate_series(1, length({row}.words)) AS p (n)"


def pairs(row, source):
    return f"SELECT substr({row}.words, p.n, 2) AS gram, {row}.case_id FROM {source}"


def runs(row, source):
    rest = f"substr({row}.words, p.n)"
    digits = f"length({rest}) - length(ltrim({rest}, '0123456789'))"
    return f"SELECT substr({row}.words, p.n, {digits}) AS gram, {row}.case_id FROM {source} WHERE {digits} >= {RUN}"


def entries(row, source=""):
    """Every entry of a row's words once: `gram, case_id`."""
    source = source or places(row)
    return f"{pairs(row, source)} UNION {runs(row, source)}"


def after(event, body):
    name = f"case_words_{event.lower()}"
    if is_sqlite():
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON case_words BEGIN {body} END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NULL; END $body$"
    )
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON case_words FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade():
    if is_sqlite():
        for name in TRIGGERS:
            allow(name, "case_words")
        # After a way back and forth they may be there already.
        all_words = "case_words w JOIN case_search_places p ON p.n <= length(w.words)"
        op.execute(f"INSERT OR IGNORE INTO case_search (gram, case_id) {runs('w', all_words)}")
    else:
        op.drop_index("ix_case_words_grams", "case_words")
        op.drop_column("case_words", "grams")
        op.execute("DROP FUNCTION case_grams(text)")
        op.create_table(
            "case_search",
            sa.Column("gram", sa.Text(collation="C"), nullable=False),  # by bytes: a beginning is a range
            sa.Column("case_id", sa.Integer(), nullable=False),
        )
        all_words = f"case_words w CROSS JOIN LATERAL {places('w')}"
        op.execute(f"INSERT INTO case_search (gram, case_id) {entries('w', all_words)}")
        op.create_primary_key(op.f("pk_case_search"), "case_search", ["gram", "case_id"])
    fresh = (
        f"INSERT INTO case_search (gram, case_id) SELECT e.gram, e.case_id FROM ({entries('NEW')}) e"
        " WHERE NOT EXISTS (SELECT 1 FROM case_search s WHERE s.gram = e.gram AND s.case_id = e.case_id)"
    )
    gone = f"DELETE FROM case_search WHERE case_id = OLD.case_id AND gram IN (SELECT o.gram FROM ({entries('OLD')}) o)"
    kept = f" AND gram NOT IN (SELECT e.gram FROM ({entries('NEW')}) e)"
    after("INSERT", f"{fresh};")
    after("UPDATE", f"{gone}{kept}; {fresh};")
    after("DELETE", f"{gone};")


def downgrade():
    if is_sqlite():
        return  # The program of before reads this index as well as its own.
    for name in TRIGGERS:
        allow(name, "case_words")
    op.drop_table("case_search")
    op.execute(
        "CREATE FUNCTION case_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$"
        " SELECT array_agg(DISTINCT substr(words, n, k))"
        " FROM generate_series(1, length(words)) AS n, generate_series(1, 2) AS k $$"
    )
    op.execute("ALTER TABLE case_words ADD COLUMN grams text[] GENERATED ALWAYS AS (case_grams(words)) STORED")
    op.execute("CREATE INDEX ix_case_words_grams ON case_words USING gin (grams)")
