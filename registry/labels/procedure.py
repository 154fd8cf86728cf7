"""The words of the procedure: its stages, turns and next steps, and what each action says before and after."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from workflows import states as w

S = w.ProjectState

STAGE_LABELS: Mapping[str, LazyString] = {
    S.SUBMITTED: _l("Application"),
    S.METHODOLOGY_SCREENING: _l("Methodology screening"),
    S.RISK_REVIEW: _l("Risk review"),
    S.VALIDATION: _l("Validation and notice"),
    S.REGISTRATION: _l("Registration"),
}

TURNS: Mapping[str, LazyString] = {
    S.DRAFT: _l("Project proponent"),
    S.SUBMITTED: _l("Task force"),
    S.METHODOLOGY_SCREENING: _l("Task force"),
    S.RISK_REVIEW: _l("Task force and leading group"),
    S.VALIDATION: _l("Validation body and task force"),
    S.REGISTRATION: _l("Task force and leading group"),
    S.REGISTERED: _l("Nobody: the project is in the library"),
    S.CORRECTION_REQUESTED: _l("Project proponent"),
    S.SUSPENDED: _l("Task force"),
    S.AMENDMENT_REVIEW: _l("Task force and leading group"),
    **dict.fromkeys(w.ENDED, _l("Nobody: the case has ended")),
}

NEXT_STEPS: Mapping[str, LazyString] = {
    S.DRAFT: _l("Complete every section and submit the application"),
    S.SUBMITTED: _l("The task force decides whether to accept the application"),
    S.METHODOLOGY_SCREENING: _l("Two case officers check and sign every condition of the method"),
    S.RISK_REVIEW: _l("The leading group deliberates on the project and its contract"),
    S.VALIDATION: _l("The validation report is filed and the public notice runs its time"),
    S.REGISTRATION: _l("The leading group decides on entry into the project library"),
    S.REGISTERED: _l("The entry stays in force until it is amended, revoked or closed"),
    S.CORRECTION_REQUESTED: _l("The applicant makes the corrections and submits again"),
    S.SUSPENDED: _l("The case goes on where it stood once the reason has gone"),
    S.AMENDMENT_REVIEW: _l("The leading group decides on the amendment; the entry stays valid meanwhile"),
    S.DECLINED: _l("The applicant may ask for reconsideration"),
    S.LAPSED: _l("The answers may be copied into a new application"),
    S.WITHDRAWN: _l("The answers may be copied into a new application"),
    S.REJECTED: _l("The applicant may ask for reconsideration"),
    S.REVOKED: _l("The project is no longer in the library"),
    S.CLOSED: _l("The record stays public"),
}

ACTIONS: Mapping[str, tuple[LazyString, LazyString]] = {
    "submit": (_l("Submit the application"), _l("The application was submitted")),
    "accept": (_l("Accept the application"), _l("The application was accepted")),
    "deem_accepted": (
        _l("Deem the application accepted"),
        _l("The time had passed: the application was deemed accepted"),
    ),
    "decline": (_l("Decline the application"), _l("The application was not accepted")),
    "request_correction": (_l("Ask for corrections"), _l("Corrections were asked for")),
    "resubmit": (_l("Submit the corrections"), _l("The corrections were submitted")),
    "lapse": (_l("Let the application lapse"), _l("The time for corrections had passed: the application lapsed")),
    "pass_screening": (_l("Pass the screening"), _l("The methodology screening was passed")),
    "approve_risk": (_l("Approve the risk review"), _l("The leading group approved the project and its contract")),
    "pass_validation": (_l("Close the validation"), _l("The validation was passed")),
    "register": (_l("Register the project"), _l("The project was entered into the project library")),
    "reject": (_l("Refuse entry"), _l("Entry into the project library was refused")),
    "against_majority": (
        _l("Decide against the majority"),
        _l("The chair decided against the majority in favour; reported to the supervisor"),
    ),
    "suspend": (_l("Suspend the case"), _l("The case was suspended")),
    "resume": (_l("Resume the case"), _l("The case was resumed")),
    "withdraw": (_l("Withdraw the application"), _l("The application was withdrawn")),
    "amend": (_l("Submit an amendment"), _l("An amendment was submitted")),
    "decide_amendment": (_l("Decide on the amendment"), _l("The amendment was decided")),
    "withdraw_amendment": (_l("Withdraw the amendment"), _l("The amendment was withdrawn")),
    "find_flaw": (_l("Report a flaw in the procedure"), _l("A flaw in the procedure was found")),
    "reopen": (_l("Reopen the case"), _l("The case was reopened after reconsideration")),
    "revoke": (_l("Revoke the entry"), _l("The entry was revoked")),
    "close": (_l("Close the project"), _l("The project was closed")),
    "answer_condition": (_l("Answer the condition"), _l("Conditions were answered")),
    "sign_screening": (_l("Sign the screening sheet"), _l("The screening sheet was signed")),
    "record_site_check": (_l("Record a site check"), _l("A site check was recorded")),
    "sign_site_check": (_l("Sign the record of a site check"), _l("The record of a site check was signed")),
    "send_for_legal_review": (_l("Send the complete file for legal review"), _l("The file was sent for legal review")),
    "answer_finding": (_l("Answer the finding"), _l("A finding was answered")),
    "set_parcel_apart": (_l("Set the parcel apart"), _l("A parcel was set apart")),
    "give_legal_opinion": (_l("Give the legal opinion"), _l("The legal opinion was given")),
    "table": (_l("Table the case"), _l("The case was tabled")),
    "reseat": (
        _l("Table the case anew for the group of the day"),
        _l("The leading group has changed: the case was tabled anew for the members of the meeting’s day"),
    ),
    "untable": (_l("Take the case off the agenda"), _l("The case was taken off the agenda")),
    "vote": (_l("Cast my vote"), _l("A vote was cast")),
    "declare_recusal": (_l("Stand aside from this case"), _l("A member stood aside")),
    "propose_recusal": (_l("Propose that a member stand aside"), _l("It was proposed that a member stand aside")),
    "decide_recusal": (_l("Decide whether a member stands aside"), _l("Whether a member stands aside was decided")),
    "call_vote": (_l("Put the question to the vote"), _l("The question was put to the vote")),
    "adjourn": (_l("Adjourn the question"), _l("The question was adjourned")),
    "file_validation": (_l("File the validation report"), _l("The validation report was filed")),
    "give_environment_opinion": (
        _l("Give the environment opinion"),
        _l("The ecology and environment bureau gave its opinion"),
    ),
    "open_notice": (_l("Open the public notice"), _l("The public notice was opened")),
    "close_notice": (_l("Close the public notice"), _l("The public notice ended")),
    "object": (_l("Submit the objection"), _l("An objection was received")),
    "answer_objection": (_l("Answer the objection"), _l("An objection was answered")),
    "report_condition": (_l("Report the condition as met"), _l("A condition of the approval was reported as met")),
    "confirm_condition": (_l("Confirm the condition"), _l("A condition of the approval was confirmed as met")),
    "ask_extension": (_l("Ask for more time"), _l("More time was asked for")),
    "extend": (_l("Extend the deadline"), _l("The deadline was extended")),
    "request_reconsideration": (_l("Ask for reconsideration"), _l("Reconsideration was asked for")),
    "uphold": (_l("Uphold the decision"), _l("The decision was upheld")),
    # minutes of a meeting
    "close_meeting": (_l("Close the meeting"), _l("The meeting was closed and its minutes drawn up")),
    "confirm_minutes": (_l("Confirm the minutes"), _l("Minutes were confirmed")),
    "issue_minutes": (_l("Issue the minutes"), _l("The minutes were issued")),
    "correct_minutes": (_l("Add a correction to the minutes"), _l("A correction was added to the minutes")),
    "name_validator": (_l("Name the validation body"), _l("The validation body was named")),
    "remind": (_l("Send the reminder"), _l("A reminder was sent")),
    "recount": (_l("Count the deadlines again"), _l("The deadlines were counted again by the new calendar")),
    # changes of the rules
    "propose_change": (_l("Propose the change"), _l("A change of the rules was proposed")),
    "confirm_change": (_l("Confirm the change"), _l("The change of the rules was confirmed")),
    "refuse_change": (_l("Refuse the change"), _l("The change of the rules was refused")),
    "withdraw_change": (_l("Take the proposal back"), _l("The proposed change of the rules was taken back")),
    # reports of the pilot
    "submit_report": (_l("Submit the report"), _l("The report was submitted")),
    "return_report": (_l("Return the report"), _l("The report was returned")),
    "review_report": (_l("Pass the review of the report"), _l("The report was reviewed")),
    "approve_report": (_l("Approve the report"), _l("The report was approved")),
    "publish_report": (_l("Publish the report"), _l("The report was published")),
    "correct_report": (_l("Correct the report"), _l("A correction of the report was begun")),
    "remind_of_report": (_l("Remind of a report not begun"), _l("A reminder was sent of a report not begun yet")),
    "remind_report": (_l("Remind of the report"), _l("A reminder of the report was sent")),
    # completed area
    "report_completion": (_l("Report the completed area"), _l("The completed area was reported")),
    "withdraw_completion": (_l("Take the report back"), _l("The report of completed area was taken back")),
    "confirm_completion": (_l("Confirm the completed area"), _l("The completed area was confirmed")),
    "return_completion": (_l("Return the report"), _l("The report of completed area was returned")),
    # the pilot of the farm
    "submit_pilot": (_l("Submit the plan of the pilot"), _l("The plan of the pilot was submitted")),
    "prepare_pilot": (_l("Pass the plan on to the chair"), _l("The plan of the pilot was passed on to the chair")),
    "return_pilot": (_l("Return the plan"), _l("The plan of the pilot was returned")),
    "approve_pilot": (_l("Approve the pilot"), _l("The pilot was approved")),
    "start_pilot": (_l("Start the pilot"), _l("The pilot started")),
    "evaluate_pilot": (_l("Evaluate the pilot"), _l("The pilot was evaluated")),
    # expert panels
    "draw_panel": (_l("Draw an expert panel"), _l("An expert panel was drawn")),
    "refuse_seat": (_l("Give up my seat"), _l("An expert gave up the seat")),
    "give_expert_opinion": (_l("Give my opinion as an expert"), _l("An expert gave an opinion")),
    "close_panel": (_l("End the expert panel"), _l("The expert panel ended")),
    "name_verifier": (_l("Name the verification body"), _l("The verification body was named")),
    # deliveries
    "record_delivery": (_l("Record the delivery"), _l("The delivery of the decision was recorded")),
    "confirm_receipt": (_l("Confirm that I received the decision"), _l("The applicant received the decision")),
    # of a meeting
    "plan": (_l("Plan a meeting"), _l("The meeting was planned")),
    "open_meeting": (_l("Open the meeting"), _l("The meeting was opened")),
    "call_off": (_l("Call the meeting off"), _l("The meeting was called off")),
    "change_meeting": (_l("Change day, hour or place"), _l("Day, hour or place of the meeting were changed")),
    "meeting_moved": (_l("Move the meeting"), _l("The meeting of the leading group on this case was moved")),
    "note_attendance": (_l("Note who is in the room"), _l("The roll was noted")),
}
"""Action → (what the button says, what the timeline says)."""

RIGHT_WAYS: Mapping[str, LazyString] = {
    "local_ticket": _l("A new application for a forestry carbon ticket"),
    "other_standard": _l("A new application under another standard"),
    "ccer": _l("A new application for a CCER project"),
    "other": _l("Another body or procedure, named in the reasons"),
    "none": _l("There is none; the reasons say why"),
}
"""Where an applicant whose application is not accepted should turn."""

RECONSIDERED: Mapping[str, LazyString] = {
    "asked": _l("Asked for"),
    "upheld": _l("The decision is upheld"),
    "annulled": _l("The decision is annulled"),
    "changed": _l("The decision is to be changed"),
}
"""Outcomes of a reconsideration."""
