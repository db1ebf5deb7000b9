"""What people read: one sentence that names the reason, one that says what to do. Never a score, never blame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from studio.policy.names import Mention

_FIXED = "We can't make this video. This request is not allowed."

_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "sexual": "It asks for nudity or sexual content.",
        "violence_gore": (
            "It shows violence or injury. Try showing the moment before or after, or a scene without harm."
        ),
        "hate": "It promotes hate against a group.",
        "extremism": "It promotes or praises violent extremism.",
        "self_harm": (
            "It shows or encourages self-harm. If you are thinking about hurting yourself, you are not alone: please "
            "contact local emergency services or a helpline in your country."
        ),
        "illicit": "It explains how to do something dangerous or illegal.",
        "deception": (
            "It could make people believe something that did not happen. "
            "Clearly fictional people, places and channels are fine."
        ),
        "real_person_deceptive": (
            "It could make people believe something that did not happen. "
            "Clearly fictional people, places and channels are fine."
        ),
        "harassment": "It mocks or threatens someone who could be recognised.",
        "shocking": "It shows something meant to disgust.",
        "real_person": "We don't make videos of real people.",
        "uploaded_face": "A picture shows a person, and the words are about somebody real.",
    }
)


def blocked(category: str) -> str:
    """The message for a blocked request."""
    if category in ("sexual_minors", "minors_harm"):
        return _FIXED
    reason = _REASONS.get(category, "It asks for something this studio does not make.")
    return f"We can't make this video. {reason} You can change the prompt and try again."


def warned(category: str, mentions: Sequence[Mention]) -> str:
    """The message for a request that goes on."""
    if category == "third_party_ip" and mentions:
        return f"'{mentions[0].name}' may belong to someone else. Think twice before you publish this."
    return f"{_REASONS.get(category, '')} Think twice before you publish this.".strip()


def rewritten(mentions: Sequence[Mention]) -> str:
    """The message that offers another wording."""
    lines = {
        "real_person": "We don't make videos of real people. We changed '{name}' to '{new}'.",
        "private_person": "We don't make videos of people who could be recognised. We changed '{name}' to '{new}'.",
        "artist_style": "We don't copy the style of {name}. We described it instead: '{new}'.",
        "third_party_ip": "'{name}' belongs to someone else. We described it instead: '{new}'.",
    }
    said = dict.fromkeys(lines[m.kind].format(name=m.name, new=m.replacement.strip()) for m in mentions)
    return " ".join([*said, "Render this version?"])


def picture(what: str) -> str:
    """The message about a given picture: `sexual`, `uploaded_face`, `consent` (asked for) or `consented`."""
    return {
        "sexual": "We can't use this picture. It seems to show nudity. You can choose another one.",
        "uploaded_face": (
            "Pictures with real people's faces can't be used here. Use a drawing, an object or a landscape."
        ),
        "consent": "A picture seems to show a person. Only go on if it is you or you have their permission.",
        "consented": "You said that the person in the picture is you or has agreed; that was noted on this machine.",
    }[what]


def brought(category: str, message_id: str, *, seen: bool) -> str:
    """The message about a take that came with a film and may not be kept; `seen` in its pictures, else in its words."""
    if message_id == "consent":
        line = "A take in this zip seems to show a person. Only go on if it is you or you have their permission"
        return f"{line}: then write 'consent: yes' into its film.yaml."
    if category == "unavailable":
        return unavailable()
    start = "This zip was not opened: a take in it may not be kept here."
    if category in ("sexual_minors", "minors_harm"):
        return start
    if seen:
        reason = "It seems to show nudity." if category == "sexual" else "It shows the face of a real person."
    else:
        reason = _REASONS.get(category, "Its words name somebody or something that is not filmed here.")
    return f"{start} {reason}"


def output_blocked() -> str:
    """The message of a clip that was made and may not be released."""
    return (
        "The video was made but our check found nudity or sexual content in it, so it was not saved. "
        "Change the prompt or the seed and try again."
    )


def unavailable() -> str:
    """The message of a public host whose check cannot run."""
    return "The safety check is unavailable, so nothing is made here at the moment. Please tell this studio's host."


def words_only(reason: str) -> str:
    """The message of one's own machine whose check can only look at words."""
    return f"Only words were checked: {reason}. Install requirements.txt to have the meaning checked too."
