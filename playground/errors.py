"""What can go wrong in the playground: towards a bot, towards a person, towards whoever starts it."""


class PlaygroundError(Exception):
    """Root of this package's errors."""


class PortTaken(PlaygroundError):
    """Somebody else listens on the port already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"port {port} on {host} is taken; choose another one")
        self.host = host
        self.port = port


class CannotListen(PlaygroundError):
    """The address is not one of this machine, or the port may not be used."""


class StateUnusable(PlaygroundError):
    """The state folder cannot be written, or another playground holds it."""


class WrongConfig(PlaygroundError):
    """The settings contradict each other."""


class NotAPicture(PlaygroundError):
    """These bytes cannot be read as a picture."""


class NotAFilm(PlaygroundError):
    """These bytes cannot be read as an MP4."""


class WrongDimensions(PlaygroundError):
    """A picture, but too large or too long to be sent as a photo."""


class ApiError(PlaygroundError):
    """A refusal in Telegram's words; status is the HTTP status and the error_code alike.

    parameters: what a bot can do about it, as in ResponseParameters
    """

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


class Refused(PlaygroundError):
    """A person asked for something that a messenger would not do."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def too_many_requests(retry_after_s: int) -> ApiError:
    """The 429 that ends a flood."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after_s}", retry_after=retry_after_s)


def bad_request(reason: str) -> ApiError:
    """The 400 that Telegram answers most mistakes with."""
    return ApiError(400, f"Bad Request: {reason}")
