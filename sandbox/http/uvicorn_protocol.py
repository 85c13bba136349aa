"""uvicorn's HTTP protocol, with a way for the app to break the connection under its feet."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.http.connection import DROP


class DroppableProtocol(HttpToolsProtocol):
    """Offers the `sandbox.drop` extension: `uvicorn.Config(app, http=DroppableProtocol)`."""

    def on_message_begin(self) -> None:
        """Puts the extension into the scope of the request that begins."""
        super().on_message_begin()
        self.scope["extensions"] = {DROP: self.transport.abort}  # type: ignore[dict-item]
