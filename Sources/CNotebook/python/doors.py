"""What the server answers beside JupyterLab: whether it hands out a file, and how keeping goes."""

import json
import os

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, AuthenticatedFileHandler
from tornado import web

REASON = "Files do not leave the environment through the notebook"

# How pictures begin that a page can show: a text beside a notebook may refer to one.
PICTURES = {
    ".png": [b"\x89PNG\r\n\x1a\n"],
    ".jpg": [b"\xff\xd8\xff"],
    ".jpeg": [b"\xff\xd8\xff"],
    ".gif": [b"GIF87a", b"GIF89a"],
}

# The menus' own entries for what `AttachmentHandler` hands out; `page_config.json` leaves them out.
ENTRIES = ["@jupyterlab/docmanager-extension:download", "@jupyterlab/filebrowser-extension:download"]


class Refused(web.RequestHandler):
    """Answers 403 to every request."""

    def prepare(self):
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(REASON + "\n")


class PictureHandler(AuthenticatedFileHandler):
    """Hands out a picture to be shown in a page, and nothing else: no other file, and none to be stored."""

    @web.authenticated
    @authorized
    async def get(self, path, include_body=True):
        if self.get_arguments("download") or not self.is_picture(path):
            raise web.HTTPError(403, REASON, reason=REASON)
        await super().get(path, include_body=include_body)

    @web.authenticated
    @authorized
    async def head(self, path):
        await self.get(path, include_body=False)

    def is_picture(self, path) -> bool:
        file = os.path.abspath(os.path.join(self.root, self.parse_url_path(path)))
        beginnings = PICTURES.get(os.path.splitext(file)[1].lower(), [])
        try:
            with open(file, "rb") as picture:
                start = picture.read(16)
        except OSError:
            return False
        return any(start.startswith(known) for known in beginnings)


class AttachmentHandler(PictureHandler):
    """Hands out every file where the spec lets files leave: what is no picture to keep only, never to be shown."""

    @web.authenticated
    @authorized
    async def get(self, path, include_body=True):
        if self.get_arguments("download") or not self.is_picture(path):
            self.set_attachment_header(path.rsplit("/", 1)[-1])
        await AuthenticatedFileHandler.get(self, path, include_body=include_body)


def with_entries(handler, page: dict) -> dict:
    """What the page is told, with the menus' entries for downloads."""
    off = [name for name in page["disabledExtensions"] if name not in ENTRIES]
    return {**page, "disabledExtensions": off}


class KeptHandler(APIHandler):
    """How far the project's store is behind what was saved."""

    @web.authenticated
    def get(self):
        self.finish(json.dumps(self.settings["cordon_keeper"].status()))


def handlers() -> list:
    refused = [r"/nbconvert(/.*)?", r"/view(/.*)?", r"/lab/api/extensions(/.*)?"]
    return [(path, Refused) for path in refused] + [(r"/cordon/kept", KeptHandler)]
