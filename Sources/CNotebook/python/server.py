"""The server's settings, all in one place, as arguments: they win over any file of settings in the home."""

import logging
import logging.handlers
import os
import pathlib
import shutil
import socket
import struct

from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp
from tornado import ioloop

from cordon_notebook import doors
from cordon_notebook.keeping import Keeper

HOME = pathlib.Path("/home/workspace")
SOCKET = "/run/cordon/ingress/notebook.sock"
HOST = "notebook.cordon.internal"


def arguments(options) -> list:
    idle = str(options.idle)
    settings = {
        "ServerApp.sock": SOCKET,
        "ServerApp.sock_mode": "0600",
        "ServerApp.root_dir": str(HOME),
        "ServerApp.preferred_dir": str(HOME),
        "ServerApp.open_browser": "False",
        # Who may connect is settled below this: by the socket, by whose process asks, and by the host it asks for.
        "IdentityProvider.token": "",
        "PasswordIdentityProvider.hashed_password": "",
        "ServerApp.allow_remote_access": "False",
        "ServerApp.local_hostnames": HOST,
        "ServerApp.allow_origin": f"http://{HOST}",
        "ServerApp.contents_manager_class": "cordon_notebook.contents.KeptContentsManager",
        "ServerApp.terminals_enabled": "True",
        # Kernels are reached by sockets in a folder of this process's own, so nothing listens on TCP.
        "KernelManager.transport": "ipc",
        "ServerApp.shutdown_no_activity_timeout": idle,
        "MappingKernelManager.cull_idle_timeout": idle,
        "MappingKernelManager.cull_interval": str(max(1, min(60, options.idle // 4))),
        "MappingKernelManager.cull_busy": "False",
        "MappingKernelManager.cull_connected": "False",
        "TerminalManager.cull_inactive_timeout": idle,
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": "None",
        "LabApp.collaborative": "False",
        "LabApp.default_url": "/lab",
    }
    return [f"--{name}={value}" for name, value in settings.items()]


class Server(ServerApp):
    """A server that only the gateway talks to."""

    # Without those that hand out files: `files` comes from the contents manager, for pictures alone unless files may leave.
    default_services = tuple(
        name for name in ServerApp.default_services if name not in ("files", "nbconvert", "view"))

    gateway = "another-user"
    downloads = False
    keeper = None
    log_file = HOME / ".local/state/cordon/notebook.log"

    def init_logging(self):
        super().init_logging()
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        kept = logging.handlers.RotatingFileHandler(self.log_file, maxBytes=1 << 20, backupCount=1)
        kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        kept.setLevel(logging.INFO)
        for logger in (self.log, logging.getLogger("cordon_notebook")):
            logger.addHandler(kept)

    def init_webapp(self):
        super().init_webapp()
        self.web_app.settings["cordon_keeper"] = self.keeper
        if self.downloads:
            self.web_app.settings["page_config_hook"] = doors.with_entries
        # Before those of JupyterLab and other extensions: the first that fits a request answers it.
        self.web_app.add_handlers(".*$", doors.handlers())

    def init_shutdown_no_activity(self):
        # As the server's own, which looks once a minute: a short time is kept to as well.
        if self.shutdown_no_activity_timeout > 0:
            often = min(60_000, 250 * self.shutdown_no_activity_timeout)
            ioloop.PeriodicCallback(self.shutdown_no_activity, often).start()

    def _bind_http_server_unix(self):
        remove(SOCKET)
        handle = self.http_server._handle_connection

        def only_from_outside(connection, address):
            if is_outside(connection, self.gateway):
                handle(connection, address)
            else:
                self.log.warning("a process of this workspace connected to its own server and was refused")
                connection.close()

        self.http_server._handle_connection = only_from_outside
        return super()._bind_http_server_unix()


def remove(path: str) -> None:
    """Takes away whatever lies where the socket will be: one of an earlier server, or anything else."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def is_outside(connection: socket.socket, gateway: str) -> bool:
    """Is the other end a process out of the workspace?

    Another user's id is not known in here, and shows as one that nobody has. Where the gateway runs as the same user,
    its process is not known in here, and shows as number 0.
    """
    size = struct.calcsize("3i")
    process, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user != os.getuid() if gateway == "another-user" else process == 0


def serve(options) -> None:
    os.environ["JUPYTER_RUNTIME_DIR"] = "/run/jupyter"
    Server.gateway = options.gateway
    Server.downloads = options.downloads
    Server.keeper = Keeper(
        home=HOME, bucket=options.bucket, prefix=options.prefix, patterns=["*.ipynb"] + options.keep)
    Server.keeper.start()
    LabApp.serverapp_class = Server
    try:
        LabApp.launch_instance(argv=arguments(options))
    finally:
        Server.keeper.finish(seconds=10)
