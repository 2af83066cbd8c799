"""The words that payloads are made of, given to the compressor beforehand.

A payload of casework is a few hundred bytes of JSON, too short for a compressor to learn from; with this
dictionary it needs about half the space. What was written with a dictionary can be read only with the same
one: once tickets run, never change it; add a second one under a new format number.
"""

# Deflate codes near matches shorter than far ones, so the commonest strings stand last.
_WORDS = """
supervision_opened red_lamp overdue repeated bad_quality leader_instruction discipline upgraded internal
awaiting_instruction planned callback archived withdrawn refused transferred merged returned_upstream
very_satisfied dissatisfied basically_satisfied satisfied resolved explained out_of_scope not_true
city_platform province_platform phone web wechat municipal provincial national county
consultation help complaint report suggestion emergency urgent normal person enterprise organisation
"fact":"breach_withdrawn","fact":"citizen_informed","of":"extension","fact":"deemed_accepted","of":"sign"
"fact":"callers_joined","callers":["fact":"callback_settled","caller":","reached":true,"handling":"
"fact":"archive_set","on":"2026-"fact":"clock_silenced","submitted_at":"2026-"fact":"clock_resumed"
"fact":"clock_breached","fact":"wait_started","fact":"wait_ended","upstream_extension_asked","until":"
"do":"dispatch","role":"office","by":","details":{"lead":","assist":["first_receiver":false
"do":"request_extension","working_days":"citizen_informed":true,"citizen_consent":true,"reason_code":"complex"
"do":"decide_extension","approve":true,"do":"request_return","do":"decide_return","suggested_unit":"
"do":"first_review","do":"final_review","do":"callback","do":"contact","do":"progress","do":"withdraw"
"do":"reply","outcome":"resolved","contacted_at":"2026-","citizen_satisfaction":"satisfied"
"texts":{"text":"text:01"reason":"text:01"opinion":"text:01"number_used":"text:01"materials.0":"text:01
"command_id":"received_at":"2026-"actor":{"role":"unit_leader","role":"unit_principal","role":"agent"
"given":{"units":{"ticket_no":"first_seq":"facts":[{"view":{"law_id":"stored":true,"commands":[
"fact":"registered","no":"jurisdiction":"ticket":{"type":"complaint","level":"municipal","source":"phone"
"special":null,"complainant":"person","subject_unit":"upstream_no":"upstream_due":"unclear_duty":false
"fact":"clock_moved","was":"2026-"cause":"extension","calendar":"citation":"
"fact":"clock_ended","reason":"lapsed","clock":"return_window","clock":"extension_window","clock":"assist"
"clock":"dispatch","clock":"review","clock":"contact","clock":"explanation","clock":"target","clock":"answer"
"fact":"lamp","lamp":"warning","lamp":"yellow","lamp":"red","notify":["handler","unit_leader",
"unit_principal","office","leader"],"via":["sms","phone"],"ladder":[{"at":"2026-"supervision":true
"fact":"assigned","as":"assist","as":"lead","lacking":["fact":"unit_moved","to":"signed"},"to":"replied"
"fact":"clock_started","clock":"handle","clock":"sign","limit":"3 working_hours","limit":"5 working_days"
"fact":"clock_met","fact":"status","to":"dispatched","to":"handling","to":"reviewing","stage":"
"anchor":"2026-"basis":["JC-11.1a"],"provisional":false,"fact":"done","do":"sign","role":"unit","unit":"
+08:00"},{"at":"2026-T18:00:00+08:00","due":"2026-T17:30:00+08:00","fact":"
encodingjson/plain
"""

DICTIONARY = _WORDS.replace("\n", "").encode()
