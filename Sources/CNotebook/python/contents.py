"""Files of the home, as the lab sees them, with a word to the keeper for each that is saved."""

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from cordon_notebook.doors import AttachmentHandler, PictureHandler


class KeptContentsManager(AsyncLargeFileManager):
    """Saves to the home first; what is saved there then goes into the project's store."""

    @property
    def files_handler_class(self):
        from cordon_notebook.server import Server

        return AttachmentHandler if Server.downloads else PictureHandler

    @property
    def keeper(self):
        from cordon_notebook.server import Server

        return Server.keeper

    async def save(self, model, path=""):
        saved = await super().save(model, path)
        self.keeper.saved(path)
        return saved

    async def copy(self, from_path, to_path=None):
        copied = await super().copy(from_path, to_path)
        self.keeper.saved(copied["path"])
        return copied

    async def rename_file(self, old_path, new_path):
        await super().rename_file(old_path, new_path)
        self.keeper.moved(old_path, new_path)

    async def delete_file(self, path):
        await super().delete_file(path)
        self.keeper.removed(path)
