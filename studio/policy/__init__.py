"""What may be made: one question, one answer, the same for the page, the command line and every other way in.

    decision = check_request(PolicyRequest("a fox in the snow"), "local")     # decision.action == "allow"

Rules over words, a classifier for meaning and tables of names read texts; `pictures` looks into pictures and frames,
`config` reads what the host decided, `audit` keeps what was said. `studio/policing.py` puts them to work in a studio.
"""

from __future__ import annotations

from studio.policy.decision import POLICY_VERSION, Action, Decision, Mode, PolicyRequest
from studio.policy.engine import check_request

__all__ = ["POLICY_VERSION", "Action", "Decision", "Mode", "PolicyRequest", "check_request"]
