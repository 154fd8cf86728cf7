"""The peer of `bench/act.py`: the same two acts written with Django and django-fsm-2, on the same tables.

Written as one would write it well: one transaction, the case locked, each set of facts read once, the transition
guarded by its conditions, then the record, the link of the audit chain, the head, the words and the notices. The
database's own guards hold for it as for us, and our verification walks over the chain it wrote. It does less than we
do where the rules of these two acts need no more: claims of others on the land, ties of the parties, the policy's
revision and the rest of the roles are not asked.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import django
from django.conf import settings

from bench.django_lists import connection_of
from registry.extensions import SQLITE_PRAGMAS
from registry.services import audit


def connect(address: str) -> None:
    """Set Django up on one of our databases, as durable as ours."""
    connection = connection_of(address)
    if "sqlite3" in str(connection["ENGINE"]):
        pragmas = ";".join(f"PRAGMA {pragma}" for pragma in SQLITE_PRAGMAS)
        connection["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "init_command": pragmas}
    settings.configure(
        DATABASES={"default": {**connection, "CONN_MAX_AGE": None}},
        SECRET_KEY="only for measuring",
        USE_TZ=False,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()


def acts() -> dict[str, Callable[..., Any]]:  # noqa: PLR0915 (Django wants its settings first)
    """`vote`, `opinion` and `bare` (one guarded transition, one UPDATE), once `connect` was called."""
    from django.db import models, transaction
    from django.db.models import Q
    from django_fsm import FSMField, transition

    class Json(models.JSONField):
        """Our columns are json, not jsonb: PostgreSQL's driver hands them out read already."""

        def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
            return super().from_db_value(value, expression, connection) if isinstance(value, str) else value

    def table(name: str, primary: str | tuple[str, ...] = "id", /, **fields: Any) -> Any:
        key = models.CompositePrimaryKey(*primary) if isinstance(primary, tuple) else None
        meta = type("Meta", (), {"managed": False, "db_table": name, "app_label": "bench"})
        body = {**fields, **({"pk": key} if key else {}), "Meta": meta, "__module__": __name__}
        return type(name.title().replace("_", ""), (models.Model,), body)

    def integer(**more: Any) -> Any:
        return models.IntegerField(**more)

    def string() -> Any:
        return models.TextField(null=True)

    of_a_case = lambda: {"case_id": integer(), "round_no": integer()}  # noqa: E731 (fields belong to one model each)
    organisations = ("proponent_org_id", "agent_org_id", "partner_org_id", "vvb_org_id")

    class Case(models.Model):
        number = string()
        body_id = integer()
        state = FSMField(protected=True)
        round = integer()
        version = integer()
        proponent_org_id = integer(null=True)
        proponent_user_id = integer(null=True)
        agent_org_id = integer(null=True)
        partner_org_id = integer(null=True)
        vvb_org_id = integer(null=True)
        method = string()
        submitted_at = models.DateTimeField(null=True)
        accepted_on = models.DateField(null=True)
        state_since = models.DateTimeField()

        class Meta:
            managed = False
            db_table = "cases"
            app_label = "bench"

        @transition(
            field=state, source="risk_review", target="risk_review", conditions=[lambda case: case.known["may_vote"]]
        )
        def vote(self) -> None: ...

        @transition(
            field=state, source=["methodology_screening", "risk_review"], conditions=[lambda c: c.known["legal"]]
        )
        def opine(self) -> None: ...

    class Item(models.Model):
        state = FSMField(default="a")

        class Meta:
            managed = False
            db_table = "bench_items"
            app_label = "bench"

        @transition(field=state, source="a", target="b", conditions=[lambda item: item.pk is not None])
        def there(self) -> None: ...

        @transition(field=state, source="b", target="a", conditions=[lambda item: item.pk is not None])
        def back(self) -> None: ...

    user = table("users", login=string(), name=string(), active=models.BooleanField())
    period = lambda: {"since": models.DateField(), "until": models.DateField(null=True)}  # noqa: E731
    appointment = table("appointments", user_id=integer(), body_id=integer(), role=string(), **period())
    membership = table("memberships", user_id=integer(), organisation_id=integer(), **period())
    answers = table("answers", ("case_id", "round_no", "section"), **of_a_case(), section=string(),
                    data=Json(), done=models.BooleanField())  # fmt: skip
    document = table("documents", **of_a_case(), kind=string(), slot=string(), no=integer(), sha256=string(),
                     removed_at=models.DateTimeField(null=True))  # fmt: skip
    condition_answer = table("condition_answers", **of_a_case(), clause=string(), officer_id=integer(),
                             verdict=string(), evidence=string())  # fmt: skip
    signature = table("screening_signatures", **of_a_case(), officer_id=integer(), answers_digest=string())
    gate = table("gate_decisions", ("case_id", "round_no", "gate"), **of_a_case(), gate=string(), passed=integer(),
                 carried_from=integer(null=True))  # fmt: skip
    opinion = table("opinions", **of_a_case(), kind=string(), author_id=integer(), conclusion=string(), words=string(),
                    matters=Json(), given_at=models.DateTimeField())  # fmt: skip
    sitting = table("deliberations", **of_a_case(), question=string(), members=integer())
    end = table("deliberation_ends", "id", deliberation_id=integer(primary_key=True))
    elector = table("electors", ("deliberation_id", "user_id"), deliberation_id=integer(), user_id=integer())
    vote = table("votes", ("deliberation_id", "user_id"), deliberation_id=integer(), user_id=integer(), choice=string(),
                 reasons=string(), cast_at=models.DateTimeField())  # fmt: skip
    item = table("agenda_items", "deliberation_id", deliberation_id=integer(primary_key=True), meeting_id=integer())
    meeting = table("meetings", state=string())
    call = table("sitting_calls", "deliberation_id", deliberation_id=integer(primary_key=True),
                 presided_by_id=integer())  # fmt: skip
    attendance = table("attendances", meeting_id=integer(), user_id=integer(), present=models.BooleanField())
    recusal = table("recusals", ("deliberation_id", "user_id"), deliberation_id=integer(), user_id=integer())
    registration = table("registrations", ("case_id", "round_no"), **of_a_case())
    round_ = table("rounds", ("case_id", "no"), case_id=integer(), no=integer(), opened_by=string())
    reconsideration = table("reconsiderations", **of_a_case(), outcome=string())
    condition = table("approval_conditions", **of_a_case(), confirmed_at=models.DateTimeField(null=True))
    head = table("audit_head", seq=integer(), hash=string())
    event = table(
        "audit_events", seq=integer(primary_key=True), prev=string(), hash=string(), canonical=models.BinaryField(),
        at=models.DateTimeField(), actor_id=integer(null=True), actor_role=string(), action=string(),
        subject_kind=string(), subject_id=integer(), subject_version=integer(null=True), round_no=integer(null=True),
        from_state=string(), to_state=string(), detail=string(), words_digest=string(), request_id=string(),
    )  # fmt: skip
    remark = table("remarks", seq=integer(primary_key=True), words=string())
    notice = table("notices", user_id=integer(), case_id=integer(), seq=integer(), action=string(),
                   made_at=models.DateTimeField(), read_at=models.DateTimeField(null=True))  # fmt: skip

    def digest(value: Any) -> str:
        raw = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(raw.encode()).hexdigest()

    def current(on: date) -> Any:
        return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))

    def roles_of(case: Any, actor: Any, on: date) -> set[str]:
        own = set(membership.objects.filter(current(on), user_id=actor.pk).values_list("organisation_id", flat=True))
        if own & {getattr(case, o) for o in organisations} or case.proponent_user_id == actor.pk:
            return {"party"}
        held = appointment.objects.filter(current(on), user_id=actor.pk, body_id=case.body_id)
        return set(held.values_list("role", flat=True))

    def may_speak(open_: Any, actor: Any) -> bool:
        """The question is put, the meeting in session; the actor is in the room, has not voted, and presides last."""
        here = {"deliberation_id": open_.pk}
        held = meeting.objects.filter(pk__in=item.objects.filter(**here).values("meeting_id")).first()
        called = call.objects.filter(**here).first()
        votes = dict(vote.objects.filter(**here).values_list("user_id", "choice"))
        aside = set(recusal.objects.filter(**here).values_list("user_id", flat=True))
        entitled = set(elector.objects.filter(**here).values_list("user_id", flat=True)) - aside
        roll = attendance.objects.filter(meeting_id=held.pk).order_by("id").values_list("user_id", "present")
        present = {user_id for user_id, there in dict(roll).items() if there} & entitled
        last = called is None or called.presided_by_id != actor.pk or not present - votes.keys() - {actor.pk}
        return bool(called and held.state == "in_session" and actor.pk in present - votes.keys() and last)

    def facts_of(case: Any, actor: Any, roles: set[str]) -> dict[str, Any]:
        here = {"case_id": case.pk, "round_no": case.round}
        sections = {row.section: row for row in answers.objects.filter(**here)}
        papers = {}
        kept = document.objects.filter(case_id=case.pk, round_no__lte=case.round, removed_at__isnull=True)
        for paper in kept.order_by("kind", "slot", "no"):
            papers[paper.kind, paper.slot] = paper
        verdicts: dict[int, dict[str, list[str]]] = {}
        for row in condition_answer.objects.filter(**here).order_by("id"):
            verdicts.setdefault(row.officer_id, {})[row.clause] = [row.verdict, row.evidence]
        signed = {
            s.officer_id
            for s in signature.objects.filter(**here)
            if s.answers_digest == digest(verdicts.get(s.officer_id, {}))
        }
        gates = list(gate.objects.filter(**here))
        approved_in = next((g.carried_from for g in gates if g.gate == "risk_review" and g.carried_from), case.round)
        opinions = {o.kind: o for o in opinion.objects.filter(**here).order_by("id")}
        ended = end.objects.values("deliberation_id")
        open_ = sitting.objects.filter(case_id=case.pk).exclude(pk__in=ended).first()
        may_vote = bool(roles & {"chair", "deputy_chair", "member"}) and may_speak(open_, actor) if open_ else False
        unmet = condition.objects.filter(case_id=case.pk, confirmed_at=None)
        return {
            "sections": sections, "papers": papers, "signed": signed, "opinions": opinions, "sitting": open_,
            "passed": {g.gate for g in gates if g.passed},
            "conditions_open": unmet.filter(round_no=approved_in).count(),
            "has_entry": registration.objects.filter(case_id=case.pk).exists(),
            "was_reopened": round_.objects.filter(case_id=case.pk, opened_by="reopen").exists(),
            "reconsideration": reconsideration.objects.filter(**here).order_by("-id").values_list("outcome").first(),
            "may_vote": may_vote,
            "legal": "legal_reviewer" in roles,
        }  # fmt: skip

    def recorded(case: Any, actor: Any, role: str, action: str, said: str, detail: dict[str, str], at: datetime) -> Any:
        last = head.objects.select_for_update().get(pk=1)
        stamp = at.replace(microsecond=at.microsecond // 1000 * 1000)
        values = {
            "seq": last.seq + 1, "at": stamp, "actor_id": actor.pk, "actor_role": role, "action": f"project:{action}",
            "subject_kind": "project", "subject_id": case.pk, "subject_version": case.version, "round_no": case.round,
            "from_state": case.state, "to_state": case.state,
            "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
            "words_digest": hashlib.sha256(said.encode()).hexdigest(), "request_id": "",
        }  # fmt: skip
        raw = audit.canonical(values | {"at": stamp.replace(tzinfo=UTC)})
        row = event.objects.create(**values, prev=last.hash, hash=audit.link(last.hash, raw), canonical=raw)
        last.seq, last.hash = row.seq, row.hash
        last.save()
        remark.objects.create(seq=row.seq, words=said)
        return row

    def begin(case_id: int, user_id: int, seen: int, at: datetime) -> tuple[Any, Any]:
        case = Case.objects.select_for_update().get(pk=case_id)
        actor = user.objects.get(pk=user_id)
        if seen != case.version or not actor.active:
            raise ValueError("stale")
        roles = roles_of(case, actor, at.date())
        case.known = facts_of(case, actor, roles)
        return case, actor

    @transaction.atomic
    def cast(case_id: int, user_id: int, seen: int, at: datetime) -> None:
        case, actor = begin(case_id, user_id, seen, at)
        case.vote()
        vote.objects.create(deliberation_id=case.known["sitting"].pk, user_id=user_id, choice="for",
                            reasons="理由充分", cast_at=at)  # fmt: skip
        recorded(case, actor, "member", "vote", "理由充分", {}, at)

    @transaction.atomic
    def opine(case_id: int, user_id: int, seen: int, at: datetime) -> None:
        case, actor = begin(case_id, user_id, seen, at)
        case.opine()
        case.version += 1
        case.save(update_fields=["version"])
        opinion.objects.create(case_id=case.pk, round_no=case.round, kind="legal", author_id=user_id,
                               conclusion="favourable", words="程序齐全", matters={}, given_at=at)  # fmt: skip
        detail = {"conclusion": "favourable", "kind": "legal"}
        row = recorded(case, actor, "legal_reviewer", "give_legal_opinion", "程序齐全", detail, at)
        parties = {case.proponent_org_id, case.agent_org_id} - {None}
        active = user.objects.filter(active=True).values("pk")
        told = set(
            membership.objects.filter(current(at.date()), organisation_id__in=parties, user_id__in=active)
            .values_list("user_id", flat=True)
        )  # fmt: skip
        made = {"case_id": case.pk, "seq": row.seq, "action": "give_legal_opinion", "made_at": at}
        notice.objects.bulk_create(notice(user_id=user_id, **made) for user_id in sorted(told - {actor.pk}))

    @transaction.atomic
    def bare() -> None:
        item = Item.objects.select_for_update().get(pk=1)
        item.there() if item.state == "a" else item.back()
        item.save()

    return {"vote": cast, "opinion": opine, "bare": bare}
