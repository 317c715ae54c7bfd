"""Serves JupyterLab on the ingress socket of its workspace, and nowhere else."""

import argparse
import dataclasses

from cordon_notebook import server


@dataclasses.dataclass
class Options:
    """What the runtime says when it starts the server."""

    bucket: str
    prefix: str
    idle: int
    keep: list
    gateway: str
    downloads: bool


def main() -> None:
    words = argparse.ArgumentParser(prog="cordon_notebook", description=__doc__)
    words.add_argument("--bucket", required=True, help="where saved files are kept")
    words.add_argument("--prefix", required=True, help="what their keys begin with")
    words.add_argument("--idle", type=int, required=True, help="seconds without use after which it ends")
    words.add_argument("--keep", action="append", default=[], help="a pattern of files to keep beside notebooks")
    words.add_argument(
        "--gateway", choices=["another-user", "same-user"], required=True, help="who connects: never this workspace")
    words.add_argument("--downloads", action="store_true", help="files may leave, by way of the portal")
    server.serve(Options(**vars(words.parse_args())))


if __name__ == "__main__":
    main()
