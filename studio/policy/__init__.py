"""What may be made: one question, one answer, the same for the page, the command line and every other way in.

    decision = check_request(PolicyRequest("a fox in the snow"), "local")     # decision.action == "allow"

This is a first gate of rules and word lists for texts. What it cannot see (pictures, finished frames, meaning beyond
words) is said in the documentation.
"""

from __future__ import annotations

from studio.policy.decision import POLICY_VERSION, Action, Decision, Mode, PolicyRequest
from studio.policy.engine import check_request

__all__ = ["POLICY_VERSION", "Action", "Decision", "Mode", "PolicyRequest", "check_request"]
