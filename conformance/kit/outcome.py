"""How "not built in the emulator" shows."""

NOT_BUILT = 501


class NotBuilt(AssertionError):
    """qq was told 501 by the server."""
