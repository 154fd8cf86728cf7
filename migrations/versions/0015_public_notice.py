"""The public notice, objections and their answers; the land a case claims; verifiers of an entry."""

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

from migrations.guards import allow, append_freely, append_only, local_day, refuse

revision = "0015"
down_revision = "0011"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "public_notices": ["id"],
    "notice_ends": ["notice_id"],
    "objections": ["id"],
    "objection_answers": ["id"],
    "parcel_keys": ["id"],
    "parcels_apart": ["case_id", "parcel_key"],
    "verifiers": ["id"],
}
OTHER_KEYS = {
    "public_notices_no_replace_round": ("public_notices", ("case_id", "round_no")),
    "objections_no_replace_code": ("objections", ("code",)),
    "objections_no_replace_no": ("objections", ("notice_id", "no")),
    "objection_answers_no_replace_side": ("objection_answers", ("objection_id", "side")),
}
"""REPLACE INTO over any key would take the old row away."""
UNANSWERED = (
    "EXISTS (SELECT 1 FROM objections o WHERE o.case_id = {case} AND"
    " (SELECT count(*) FROM objection_answers a WHERE a.objection_id = o.id) < 2)"
)
GUARDS = {
    "public_notices_this_round": (
        "public_notices",
        "NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = NEW.case_id AND c.round = NEW.round_no"
        " AND c.state IN ('validation', 'amendment_review'))",
        "a notice belongs to the round of the case",
        "NEW.case_id",
    ),
    "notice_ends_after_its_days": (
        "notice_ends",
        "EXISTS (SELECT 1 FROM public_notices n WHERE n.id = NEW.notice_id AND n.to_on >= {ended})",
        "a notice ends after its last day",
        "SELECT n.case_id FROM public_notices n WHERE n.id = NEW.notice_id",
    ),
    "notice_ends_answered": (
        "notice_ends",
        UNANSWERED.format(case="(SELECT n.case_id FROM public_notices n WHERE n.id = NEW.notice_id)"),
        "every objection is answered before a notice ends",
        "SELECT n.case_id FROM public_notices n WHERE n.id = NEW.notice_id",
    ),
    "objections_while_it_runs": (
        "objections",
        "EXISTS (SELECT 1 FROM notice_ends e WHERE e.notice_id = NEW.notice_id)"
        " OR NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = NEW.case_id AND c.round = NEW.round_no"
        " AND c.state IN ('validation', 'amendment_review'))",
        "objections are taken while the notice runs",
        "NEW.case_id",
    ),
    "gate_decisions_noticed": (
        "gate_decisions",
        "NEW.gate = 'validation' AND NEW.result = 'pass' AND (NOT EXISTS (SELECT 1 FROM public_notices n"
        " JOIN notice_ends e ON e.notice_id = n.id WHERE n.case_id = NEW.case_id AND n.round_no = NEW.round_no) OR "
        + UNANSWERED.format(case="NEW.case_id")
        + ")",
        "a validation is passed after its notice, with every objection answered",
        "NEW.case_id",
    ),
    "parcels_apart_this_round": (
        "parcels_apart",
        "NEW.round_no <> (SELECT c.round FROM cases c WHERE c.id = NEW.case_id)",
        "a parcel is set apart in the round of the case",
        "NEW.case_id",
    ),
    "verifiers_independent": (
        "verifiers",
        "NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = NEW.case_id AND c.state = 'registered')"
        " OR EXISTS (SELECT 1 FROM cases c WHERE c.id = NEW.case_id"
        " AND NEW.organisation_id IN (c.vvb_org_id, c.agent_org_id))"
        " OR EXISTS (SELECT 1 FROM opinions o WHERE o.case_id = NEW.case_id AND o.kind = 'validation'"
        " AND o.organisation_id = NEW.organisation_id)",
        "whoever validated or designed a project does not verify it",
        "NEW.case_id",
    ),
    # Whoever is entered holds the land for the time; a case that is only on its way is judged by the rules.
    "registrations_land_once": (
        "registrations",
        "EXISTS (SELECT 1 FROM parcel_keys k JOIN parcel_keys o ON o.value = k.value AND o.kind = k.kind"
        " AND o.place = k.place AND (o.village = k.village OR o.village = '' OR k.village = '')"
        " AND o.from_on <= k.to_on AND k.from_on <= o.to_on AND o.case_id <> k.case_id"
        " JOIN cases c ON c.id = o.case_id"
        " WHERE k.case_id = NEW.case_id AND k.round_no = NEW.round_no"
        " AND c.state NOT IN ('revoked', 'closed')"
        " AND o.round_no = (SELECT max(r.round_no) FROM registrations r WHERE r.case_id = o.case_id)"
        " AND NOT EXISTS (SELECT 1 FROM parcels_apart a WHERE a.case_id = k.case_id"
        " AND a.parcel_key = k.parcel_key AND a.round_no <= k.round_no)"
        " AND NOT EXISTS (SELECT 1 FROM parcels_apart a WHERE a.case_id = o.case_id"
        " AND a.parcel_key = o.parcel_key AND a.round_no <= o.round_no))",
        "the land stands in another entry for the same time",
        "NEW.case_id",
    ),
}
"""Name → table, what is refused on INSERT, the words, and the case to lock."""


def upgrade():
    op.create_table(
        "public_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("start_counts", sa.Boolean(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("to_on >= from_on AND days >= 1", name=op.f("ck_public_notices_runs_forward")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_public_notices_case_id")),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_public_notices_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_public_notices_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notices")),
        sa.UniqueConstraint("case_id", "round_no", name=op.f("uq_public_notices_case_id_round_no")),
        sa.UniqueConstraint("id", "case_id", "round_no", name=op.f("uq_public_notices_id_case_id_round_no")),
    )
    op.create_index("ix_public_notices_days", "public_notices", ["to_on", "id"], unique=False)
    op.create_table(
        "notice_ends",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_notice_ends_ended_by_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["public_notices.id"], name=op.f("fk_notice_ends_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice_ends")),
    )
    op.create_table(
        "objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("parcel_key", sa.String(length=40), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("filename", sa.String(length=120), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('objection', 'comment')", name=op.f("ck_objections_kind_listed")),
        sa.CheckConstraint(
            "about IN ('tenure', 'boundary', 'facts', 'contract', 'other')", name=op.f("ck_objections_about_listed")
        ),
        sa.CheckConstraint("length(code) = 12", name=op.f("ck_objections_code_whole")),
        sa.CheckConstraint("(sha256 IS NULL) = (filename IS NULL)", name=op.f("ck_objections_file_has_a_name")),
        sa.ForeignKeyConstraint(
            ["notice_id", "case_id", "round_no"],
            ["public_notices.id", "public_notices.case_id", "public_notices.round_no"],
            name="fk_objections_notice",
        ),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_objections_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
        sa.UniqueConstraint("notice_id", "no", name=op.f("uq_objections_notice_id_no")),
        sa.UniqueConstraint("code", name=op.f("uq_objections_code")),
    )
    op.create_index("ix_objections_case", "objections", ["case_id"], unique=False)
    op.create_table(
        "objection_contacts",
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("reach", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["objection_id"], ["objections.id"], name=op.f("fk_objection_contacts_objection_id")),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_objection_contacts")),
    )
    op.create_table(
        "objection_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("side IN ('officer', 'applicant')", name=op.f("ck_objection_answers_side_listed")),
        sa.CheckConstraint(
            "outcome IN ('unfounded', 'founded', 'noted')", name=op.f("ck_objection_answers_outcome_listed")
        ),
        sa.CheckConstraint(
            "(side = 'officer') = (outcome IS NOT NULL)", name=op.f("ck_objection_answers_officers_find")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_objection_answers_author_id")),
        sa.ForeignKeyConstraint(["objection_id"], ["objections.id"], name=op.f("fk_objection_answers_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_answers")),
        sa.UniqueConstraint("objection_id", "side", name=op.f("uq_objection_answers_objection_id_side")),
    )
    op.create_table(
        "parcel_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("parcel_key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("village", sa.String(length=100), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("area_mu", sa.Numeric(14, 4), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('title', 'subcompartment', 'name')", name=op.f("ck_parcel_keys_kind_listed")),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_parcel_keys_runs_forward")),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_parcel_keys_case_id_round_no")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_keys")),
    )
    op.create_index("ix_parcel_keys_same", "parcel_keys", ["value", "kind"], unique=False)
    op.create_index("ix_parcel_keys_round", "parcel_keys", ["case_id", "round_no"], unique=False)
    op.create_table(
        "parcels_apart",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("parcel_key", sa.String(length=40), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_parcels_apart_case_id")),
        sa.ForeignKeyConstraint(
            ["case_id", "round_no"], ["rounds.case_id", "rounds.no"], name=op.f("fk_parcels_apart_case_id_round_no")
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_parcels_apart_set_by_id")),
        sa.PrimaryKeyConstraint("case_id", "parcel_key", name=op.f("pk_parcels_apart")),
    )
    op.create_table(
        "verifiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("named_at", sa.DateTime(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_verifiers_case_id")),
        sa.ForeignKeyConstraint(["named_by_id"], ["users.id"], name=op.f("fk_verifiers_named_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_verifiers_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifiers")),
    )
    op.create_index("ix_verifiers_case", "verifiers", ["case_id"], unique=False)
    _claim_what_stands()
    for table, key in APPEND_ONLY.items():
        append_only(table, key)
    for name, (table, columns) in OTHER_KEYS.items():
        same = " AND ".join(f"x.{c} = NEW.{c}" for c in columns)
        refuse(name, table, "INSERT", f"EXISTS (SELECT 1 FROM {table} x WHERE {same})", f"{table} is append-only")
    for name, (table, condition, message, lock) in GUARDS.items():
        condition = condition.replace("{ended}", local_day("NEW.ended_at"))
        refuse(name, table, "INSERT", condition, message, lock_case=lock)


def downgrade():
    for name, (table, *_) in GUARDS.items():
        allow(name, table)
    for name, (table, _columns) in OTHER_KEYS.items():
        allow(name, table)
    for table in APPEND_ONLY:
        append_freely(table)
    op.drop_index("ix_verifiers_case", table_name="verifiers")
    op.drop_table("verifiers")
    op.drop_table("parcels_apart")
    op.drop_index("ix_parcel_keys_round", table_name="parcel_keys")
    op.drop_index("ix_parcel_keys_same", table_name="parcel_keys")
    op.drop_table("parcel_keys")
    op.drop_table("objection_answers")
    op.drop_table("objection_contacts")
    op.drop_index("ix_objections_case", table_name="objections")
    op.drop_table("objections")
    op.drop_table("notice_ends")
    op.drop_index("ix_public_notices_days", table_name="public_notices")
    op.drop_table("public_notices")


# The land of rounds handed in before: as `workflows/rules/uniqueness.py` reads it on the day of this migration.

FIRST, LAST = "0001-01-01", "9999-12-31"


def _claim_what_stands():
    connection = op.get_bind()
    rounds = connection.execute(sa.text("SELECT r.case_id, r.no FROM rounds r ORDER BY r.opened_at, r.case_id, r.no"))
    counter = "SELECT last FROM number_counters WHERE series = 'claim' AND year = 0"
    before = connection.execute(sa.text(counter)).scalar()  # it stays where this migration was undone
    claims, claim = {}, before or 0
    for case_id, no in rounds.all():
        asked = {"c": case_id, "n": no}
        answers = "SELECT section, data FROM answers WHERE case_id = :c AND round_no = :n"
        data = {s: d if isinstance(d, dict) else json.loads(d) for s, d in connection.execute(sa.text(answers), asked)}
        crediting = data.get("crediting", {})
        period = crediting.get("start_on") or FIRST, crediting.get("end_on") or LAST
        if period[0] > period[1]:
            period = FIRST, LAST
        fresh = claim + 1
        for parcel in data.get("parcels", {}).get("parcels", ()):
            for kind, value, place, village in _identities(parcel):
                known = claims.get((case_id, no - 1, kind, value, place))
                claims[case_id, no, kind, value, place] = number = known or fresh
                claim = max(claim, number)
                connection.execute(
                    sa.text(
                        "INSERT INTO parcel_keys (case_id, round_no, parcel_key, kind, value, place, village, from_on,"
                        " to_on, area_mu, claim) VALUES (:c, :n, :key, :kind, :value, :place, :village,"
                        " CAST(:start AS DATE), CAST(:until AS DATE), :area, :claim)"
                        if connection.dialect.name != "sqlite"
                        else "INSERT INTO parcel_keys (case_id, round_no, parcel_key, kind, value, place, village,"
                        " from_on, to_on, area_mu, claim) VALUES (:c, :n, :key, :kind, :value, :place, :village,"
                        " :start, :until, :area, :claim)"
                    ),
                    {
                        **asked,
                        "key": str(parcel.get("key", ""))[:40],
                        "kind": kind,
                        "value": value,
                        "place": place,
                        "village": village,
                        "start": period[0],
                        "until": period[1],
                        "area": parcel.get("area_mu") or 0,
                        "claim": number,
                    },
                )
    if claim and before is None:
        connection.execute(sa.text("INSERT INTO number_counters (series, year, last) VALUES ('claim', 0, 0)"))
    for last in range((before or 0) + 1, claim + 1):  # the guard of the table lets a counter rise by one
        connection.execute(
            sa.text("UPDATE number_counters SET last = :n WHERE series = 'claim' AND year = 0"), {"n": last}
        )


def _identities(parcel):
    """(kind, value, place, village) of a parcel."""
    district, village = str(parcel.get("district_code") or "")[:6], _plain(parcel.get("village"))[:100]
    title, code, name = (_plain(parcel.get(k))[:120] for k in ("title_number", "subcompartment", "name"))
    certificate = str(parcel.get("title_document") or "").endswith("certificate")
    found = []
    if title:
        found.append(("title", title, "", "") if certificate else ("title", title, district, village))
    if code:
        found.append(("subcompartment", code, "", "") if len(code) >= 12 else ("subcompartment", code, district, village))
    if name:
        found.append(("name", name, district, village))
    return found


def _plain(word):
    return "".join(c for c in unicodedata.normalize("NFKC", str(word or "")).casefold() if c.isalnum())
