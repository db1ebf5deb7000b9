"""What can go wrong with a credential."""

from __future__ import annotations

from studio.errors import MediaError, StudioError


class ProvenanceError(StudioError):
    """A clip could not be signed, or the studio's signing keys are not usable. The message says what to do."""


class UnreadableFile(ProvenanceError, MediaError):
    """The file to check is missing, empty, broken or not a picture or clip at all."""
